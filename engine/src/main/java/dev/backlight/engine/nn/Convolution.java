package dev.backlight.engine.nn;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.Conv2d;
import dev.backlight.engine.shape.Shape;
import org.jspecify.annotations.Nullable;

/** A 2-D convolution {@code N×in×H×W → N×out×OH×OW} with parameters {@code weight} and, optionally, {@code bias}. */
public final class Convolution extends Layer {
    private final Conv2d op;
    private final Parameter weight;
    private final @Nullable Parameter bias;

    /** A convolution of any geometry. */
    public Convolution(int in, int out, WindowGeometry window, int groups, boolean withBias) {
        op = new Conv2d(window, groups);
        int taps = window.height() * window.width();
        weight = parameter(
                "weight",
                Shape.of(out, in / groups, window.height(), window.width()),
                Initializer.kaimingNormal(out * taps / groups));
        bias = withBias ? parameter("bias", Shape.of(out), Initializer.uniformByFan(in / groups * taps)) : null;
    }

    /** A square window without bias, as before a batch normalisation. */
    public static Convolution square(int in, int out, int size, int stride, int padding) {
        return new Convolution(in, out, WindowGeometry.square(size, stride, padding), 1, false);
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        Tensor w = pass.value(weight);
        return bias == null ? op.on(x, w) : op.on(x, w, pass.value(bias));
    }
}
