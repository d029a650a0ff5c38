package dev.backlight.benchmarks.contest;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import org.jspecify.annotations.Nullable;

/** What a network does at one place of its graph, with the weights it does it with. Images are {@code N×C×H×W}. */
public sealed interface Step {
    /** Cross-correlation with weights {@code O×(C/groups)×h×w} and a bias of size O, or null for none. */
    record Convolution(
            WindowGeometry window,
            int groups,
            Tensor weights,
            @Nullable Tensor bias) implements Step {}

    /** γ·(x − mean)/√(variance + ε) + β per channel. */
    record Normalisation(Tensor mean, Tensor variance, Tensor gamma, Tensor beta, double epsilon) implements Step {}

    /**
     * max(x, 0).
     *
     * @param index among the network's rectifiers, in forward order
     * @param shape of the activation of one image, {@code 1×…}
     */
    record Rectifier(int index, Shape shape) implements Step {}

    /** The largest element of each window. */
    record MaxPooling(WindowGeometry window) implements Step {}

    /** The mean of each window; there is no padding. */
    record AveragePooling(WindowGeometry window) implements Step {}

    /** The sum of two tensors of one shape. */
    record Addition() implements Step {}

    /** Tensors joined along the channels. */
    record Concatenation() implements Step {}

    /** All axes but the first as one. */
    record Flattening() implements Step {}

    /** {@code x·wᵀ + bias} with weights {@code O×I}. */
    record FullyConnected(Tensor weights, Tensor bias) implements Step {}
}
