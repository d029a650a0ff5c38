package dev.backlight.engine.check;

import static dev.backlight.engine.check.OpSample.sample;
import static dev.backlight.engine.check.SampleInput.uniform;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.Conv2d;
import dev.backlight.engine.op.Conv2dInputGradient;
import dev.backlight.engine.op.Conv2dWeightGradient;
import dev.backlight.engine.op.ConvTranspose2d;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** Convolutions with strides, dilations, groups and unequal padding, and their adjoints. */
final class ConvolutionSamples {
    private ConvolutionSamples() {}

    private static final WindowGeometry PLAIN = WindowGeometry.square(3, 1, 1);
    private static final WindowGeometry STRIDED = new WindowGeometry(3, 2, 2, 3, 1, 1, 0, 1, 2, 1);
    private static final WindowGeometry DILATED = WindowGeometry.square(3, 1, 2).dilated(2, 1);
    private static final WindowGeometry POINT = WindowGeometry.square(1, 1, 0);

    static List<OpSample> all() {
        return List.of(
                conv("conv2d", PLAIN, 1, image(2, 3, 5, 4), weights(4, 3, 3, 3)),
                conv("conv2d, strided with unequal padding", STRIDED, 1, image(1, 2, 6, 7), weights(3, 2, 3, 2)),
                conv("conv2d, dilated", DILATED, 1, image(1, 2, 5, 5), weights(2, 2, 3, 3)),
                conv("conv2d, groups", PLAIN, 2, image(2, 4, 4, 3), weights(6, 2, 3, 3)),
                conv("conv2d, depthwise", PLAIN, 3, image(1, 3, 4, 5), weights(3, 1, 3, 3)),
                conv("conv2d, pointwise", POINT, 1, image(2, 3, 3, 4), weights(5, 3, 1, 1)),
                sample(
                        "conv2d with bias",
                        Conv2d.class,
                        in -> Neural.conv2d(in.get(0), in.get(1), in.get(2), PLAIN, 1),
                        image(2, 2, 3, 4),
                        weights(3, 2, 3, 3),
                        uniform(-1, 1, 3)),
                sample(
                        "conv2d input gradient",
                        Conv2dInputGradient.class,
                        in -> new Conv2dInputGradient(STRIDED, 1, Shape.of(1, 2, 6, 7)).on(in.get(0), in.get(1)),
                        image(1, 3, 3, 3),
                        weights(3, 2, 3, 2)),
                sample(
                        "conv2d weight gradient",
                        Conv2dWeightGradient.class,
                        in -> new Conv2dWeightGradient(STRIDED, 1, Shape.of(3, 2, 3, 2)).on(in.get(0), in.get(1)),
                        image(1, 2, 6, 7),
                        image(1, 3, 3, 3)),
                sample(
                        "conv2d weight gradient, groups",
                        Conv2dWeightGradient.class,
                        in -> new Conv2dWeightGradient(PLAIN, 2, Shape.of(6, 2, 3, 3)).on(in.get(0), in.get(1)),
                        image(2, 4, 4, 3),
                        image(2, 6, 4, 3)));
    }

    static List<OpSample> transposed() {
        return List.of(
                transposed("convTranspose2d", PLAIN, 1, 0, image(2, 3, 4, 3), weights(3, 2, 3, 3)),
                transposed("convTranspose2d, strided", STRIDED, 1, 1, image(1, 3, 3, 3), weights(3, 2, 3, 2)),
                transposed("convTranspose2d, dilated in groups", DILATED, 2, 0, image(1, 4, 4, 4), weights(4, 3, 3, 3)),
                sample(
                        "convTranspose2d with bias",
                        ConvTranspose2d.class,
                        in -> Neural.convTranspose2d(in.get(0), in.get(1), in.get(2), PLAIN, 1),
                        image(2, 2, 3, 4),
                        weights(2, 3, 3, 3),
                        uniform(-1, 1, 3)));
    }

    private static OpSample conv(String name, WindowGeometry window, int groups, SampleInput x, SampleInput w) {
        return sample(name, Conv2d.class, in -> Neural.conv2d(in.get(0), in.get(1), null, window, groups), x, w);
    }

    private static OpSample transposed(
            String name, WindowGeometry window, int groups, int outputPadding, SampleInput x, SampleInput w) {
        return sample(
                name,
                ConvTranspose2d.class,
                in -> Neural.convTranspose2d(in.get(0), in.get(1), null, window, groups, outputPadding, outputPadding),
                x,
                w);
    }

    private static SampleInput image(int... sizes) {
        return uniform(-2, 2, sizes);
    }

    private static SampleInput weights(int... sizes) {
        return uniform(-1, 1, sizes);
    }
}
