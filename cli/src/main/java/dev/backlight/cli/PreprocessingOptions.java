package dev.backlight.cli;

import dev.backlight.engine.shape.BacklightException;
import dev.backlight.models.data.Preprocessing;
import dev.backlight.models.data.Preprocessing.Channels;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How pictures become what the network was trained on: a preset, and what differs from it. */
final class PreprocessingOptions {
    private static final double UNIT = 1 / 255.0;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description =
                    "Preprocessing: torchvision, caffe-bgr, zero-one, cifar or mnist (default: the model's own, or"
                            + " guessed from its input size).")
    private @Nullable String preset;

    @Option(names = "--size", paramLabel = "N", description = "Side of the square that the network sees, in pixels.")
    private @Nullable Integer size;

    @Option(
            names = "--resize",
            paramLabel = "N",
            description = "Resize the shorter side to N and cut the middle out; 0 resizes straight to the square.")
    private @Nullable Integer resize;

    @Option(names = "--mean", paramLabel = "M", split = ",", description = "Subtracted per channel, after scaling.")
    private @Nullable List<Double> mean;

    @Option(names = "--std", paramLabel = "S", split = ",", description = "Divided by, per channel.")
    private @Nullable List<Double> std;

    @Option(names = "--channel-order", paramLabel = "ORDER", description = "rgb, bgr or grey.")
    private @Nullable Channels channels;

    @Option(names = "--scale", paramLabel = "unit|byte", description = "Values from 0 to 1 (unit) or to 255 (byte).")
    private @Nullable Scale scale;

    /** The range of pixel values. */
    enum Scale {
        UNIT,
        BYTE
    }

    /** Whether a preset was asked for, so that none need be guessed. */
    boolean namesPreset() {
        return preset != null;
    }

    /** Whether any option was given. */
    boolean any() {
        return preset != null
                || size != null
                || resize != null
                || mean != null
                || std != null
                || channels != null
                || scale != null;
    }

    /**
     * The preprocessing that these options ask for.
     *
     * @param usual what applies where no preset is named
     * @param inputSize the side that the network's file states, or 0
     * @throws BacklightException when the options do not fit together
     */
    Preprocessing resolve(Preprocessing usual, int inputSize) {
        Preprocessing base = preset == null ? usual : Preprocessing.preset(preset);
        if (size != null) {
            base = base.withSize(positive(size));
        } else if (inputSize > 0 && base.size() != inputSize) {
            base = base.withSize(inputSize);
        }
        Channels order = channels == null ? base.channels() : channels;
        return new Preprocessing(
                resize == null ? base.shortSide() : resize,
                base.size(),
                order,
                scale == null ? base.scale() : scale == Scale.UNIT ? UNIT : 1,
                mean == null ? reordered(base.mean(), base.channels(), order, 0) : mean,
                std == null ? reordered(base.std(), base.channels(), order, 1) : std);
    }

    /** A colour keeps its mean when the channels change places. */
    private static List<Double> reordered(List<Double> values, Channels from, Channels to, double usual) {
        if (from == to) {
            return values;
        }
        if (from.count() == 3 && to.count() == 3) {
            return values.reversed();
        }
        return Collections.nCopies(to.count(), usual);
    }

    private static int positive(int size) {
        if (size < 2) {
            throw new BacklightException("--size must be at least 2 pixels, but is " + size);
        }
        return size;
    }

    /** In one line, for results and notes. */
    static String describe(Preprocessing p) {
        String resized = p.shortSide() == 0
                ? "resized to " + p.size() + "×" + p.size()
                : "shorter side " + p.shortSide() + ", middle " + p.size() + "×" + p.size();
        return resized + ", " + p.channels() + (p.scale() == 1 ? " 0..255" : " 0..1") + ", mean " + p.mean() + ", std "
                + p.std();
    }
}
