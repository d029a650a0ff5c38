package dev.backlight.attribution.method;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.Constants;
import dev.backlight.engine.op.Conv2d;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import java.util.Locale;

/** What stands for the absence of information in an image: where paths begin and what masks fill in. */
public enum Baseline {
    /** Zeros in normalised space: the mean colour of the training data. */
    ZERO,
    /** The image under the 11×11 kernel of RISE's insertion game (Petsiuk et al. 2018), zero padding. */
    BLUR;

    /**
     * One factor of RISE's separable kernel: SciPy's {@code gaussian_filter} of σ = 5 in reflect mode on a delta of 11, so
     * nearly flat.
     */
    private static final double[] FACTOR = {
        .08795815, .08889612, .0904742, .09219112, .09348939, .09398206, .09348939, .09219112, .0904742, .08889612,
        .08795815
    };

    /** The baseline of each image of a batch {@code N×C×H×W}. */
    public Tensor of(Tensor images) {
        return switch (this) {
            case ZERO -> Tensor.full(images.backend(), images.dtype(), images.shape(), 0);
            case BLUR -> blur(images);
        };
    }

    /** The name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static Tensor blur(Tensor images) {
        Shape shape = images.shape();
        Shape planes = Shape.of(shape.size(0) * shape.size(1), 1, shape.size(2), shape.size(3));
        int taps = FACTOR.length;
        int half = taps / 2;
        Tensor column = Constants.of(images, Shape.of(1, 1, taps, 1), FACTOR);
        Tensor row = Constants.of(images, Shape.of(1, 1, 1, taps), FACTOR);
        Tensor vertical = new Conv2d(new WindowGeometry(taps, 1, 1, 1, 1, 1, half, 0, half, 0), 1)
                .on(Ops.reshape(images, planes), column);
        Tensor both = new Conv2d(new WindowGeometry(1, taps, 1, 1, 1, 1, 0, half, 0, half), 1).on(vertical, row);
        return Ops.reshape(both, shape);
    }
}
