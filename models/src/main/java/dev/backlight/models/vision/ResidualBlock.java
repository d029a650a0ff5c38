package dev.backlight.models.vision;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.nn.Activation;
import dev.backlight.engine.nn.BatchNormalization;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.nn.Sequential;
import dev.backlight.engine.op.Ops;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code relu(f(x) + shortcut(x))}: f is convolutions, each normalised and all but the last rectified; the shortcut is the
 * identity, or what makes the shapes fit.
 */
final class ResidualBlock extends Layer {
    private final List<Layer> steps = new ArrayList<>();
    private final Layer relu = Activation.relu();
    private final @Nullable Layer shortcut;

    /** @param shortcutName under which the shortcut's parameters are known */
    ResidualBlock(List<Convolution> convolutions, List<Integer> widths, String shortcutName, @Nullable Layer shortcut) {
        for (int i = 0; i < convolutions.size(); i++) {
            steps.add(child("conv" + (i + 1), convolutions.get(i)));
            steps.add(child("bn" + (i + 1), new BatchNormalization(widths.get(i))));
            steps.add(relu);
        }
        steps.removeLast();
        child("relu", relu);
        this.shortcut = shortcut == null ? null : child(shortcutName, shortcut);
    }

    /** Two 3×3 convolutions. */
    static ResidualBlock basic(int in, int out, int stride) {
        return new ResidualBlock(
                List.of(Convolution.square(in, out, 3, stride, 1), Convolution.square(out, out, 3, 1, 1)),
                List.of(out, out),
                "downsample",
                projection(in, out, stride));
    }

    /** 1×1 to {@code width} channels, 3×3 in groups, 1×1 to {@code out}. */
    static ResidualBlock bottleneck(int in, int width, int groups, int out, int stride) {
        var middle = new Convolution(width, width, WindowGeometry.square(3, stride, 1), groups, false);
        return new ResidualBlock(
                List.of(Convolution.square(in, width, 1, 1, 0), middle, Convolution.square(width, out, 1, 1, 0)),
                List.of(width, width, out),
                "downsample",
                projection(in, out, stride));
    }

    /** The paper's option B: a 1×1 convolution where shapes differ. */
    private static @Nullable Layer projection(int in, int out, int stride) {
        return stride == 1 && in == out
                ? null
                : new Sequential(Convolution.square(in, out, 1, stride, 0), new BatchNormalization(out));
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        Tensor value = x;
        for (Layer step : steps) {
            value = step.apply(value, pass);
        }
        Layer other = shortcut;
        return relu.apply(Ops.add(value, other == null ? x : other.apply(x, pass)), pass);
    }
}
