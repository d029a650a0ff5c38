package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.equal;
import static dev.backlight.engine.op.Ops.log;
import static dev.backlight.engine.op.Ops.mean;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.square;
import static dev.backlight.engine.op.Ops.sub;
import static dev.backlight.engine.op.Ops.sum;
import static dev.backlight.engine.op.Ops.where;
import static dev.backlight.engine.op.Shapes.onesLike;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.ShapeException;
import org.jspecify.annotations.Nullable;

/**
 * Building blocks of neural networks as static functions: activations, convolution, pooling, normalisation, losses. Images
 * are {@code N×C×H×W}. Operands that do not fit are a {@link ShapeException}.
 */
public final class Neural {
    private Neural() {}

    // --- activations ------------------------------------------------------------------------------------------------

    public static Tensor relu(Tensor x) {
        return new Relu().on(x);
    }

    /** x where x > 0, else slope·x. */
    public static Tensor leakyRelu(Tensor x, double slope) {
        return new LeakyRelu(slope).on(x);
    }

    /** min(max(x, 0), 6). */
    public static Tensor relu6(Tensor x) {
        return new Relu6().on(x);
    }

    public static Tensor sigmoid(Tensor x) {
        return new Sigmoid().on(x);
    }

    public static Tensor tanh(Tensor x) {
        return new Tanh().on(x);
    }

    /** log(1+eˣ). */
    public static Tensor softplus(Tensor x) {
        return new Softplus().on(x);
    }

    /** x·sigmoid(x). */
    public static Tensor silu(Tensor x) {
        return new Silu().on(x);
    }

    /** min(max(x/6 + ½, 0), 1), as PyTorch defines it (ONNX: slope 0.2 unless stated). */
    public static Tensor hardSigmoid(Tensor x) {
        return hardSigmoid(x, 1.0 / 6, 0.5);
    }

    /** min(max(slope·x + shift, 0), 1). */
    public static Tensor hardSigmoid(Tensor x, double slope, double shift) {
        return new HardSigmoid(slope, shift).on(x);
    }

    /** x where x > 0, else alpha·(eˣ − 1). */
    public static Tensor elu(Tensor x, double alpha) {
        return new Elu(alpha).on(x);
    }

    /** x·Φ(x), with the normal distribution function in the form given. */
    public static Tensor gelu(Tensor x, Gelu.Form form) {
        return new Gelu(form).on(x);
    }

    /** x·hardSigmoid(x). */
    public static Tensor hardSwish(Tensor x) {
        return new HardSwish().on(x);
    }

    /**
     * Zeroes each element with probability p and divides the others by 1 − p; the seed decides which. Nothing is recorded
     * where p is 0.
     */
    public static Tensor dropout(Tensor x, double p, long seed) {
        return p == 0 ? x : new Dropout(p, seed).on(x);
    }

    public static Tensor softmax(Tensor x, int axis) {
        return new Softmax(axis).on(x);
    }

    public static Tensor logSoftmax(Tensor x, int axis) {
        return new LogSoftmax(axis).on(x);
    }

    // --- convolution ------------------------------------------------------------------------------------------------

    /** Cross-correlation with weights {@code O×(C/groups)×h×w} and a bias of size O, or null for none. */
    public static Tensor conv2d(Tensor x, Tensor w, @Nullable Tensor bias, WindowGeometry window, int groups) {
        Conv2d op = new Conv2d(window, groups);
        return bias == null ? op.on(x, w) : op.on(x, w, bias);
    }

    /** Transposed convolution with weights {@code I×(O/groups)×h×w} and a bias of size O, or null; no output padding. */
    public static Tensor convTranspose2d(Tensor x, Tensor w, @Nullable Tensor bias, WindowGeometry window, int groups) {
        return convTranspose2d(x, w, bias, window, groups, 0, 0);
    }

    /** Transposed convolution whose output is larger by rows and columns that fewer windows reach. */
    public static Tensor convTranspose2d(
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            WindowGeometry window,
            int groups,
            int outputPaddingY,
            int outputPaddingX) {
        ConvTranspose2d op = new ConvTranspose2d(window, groups, outputPaddingY, outputPaddingX);
        return bias == null ? op.on(x, w) : op.on(x, w, bias);
    }

    // --- pooling ----------------------------------------------------------------------------------------------------

    /** The largest element of each window; with {@code ceilMode}, of incomplete windows at the end too. */
    public static Tensor maxPool(Tensor x, WindowGeometry window, boolean ceilMode) {
        return new MaxPool(window, ceilMode).on(x, MaxPool.indices(x, window, ceilMode));
    }

    /** The mean of each window; see {@link AvgPool} for the two flags. */
    public static Tensor avgPool(Tensor x, WindowGeometry window, boolean ceilMode, boolean countIncludePad) {
        return new AvgPool(window, ceilMode, countIncludePad).on(x);
    }

    /** The mean of each plane, {@code N×C×1×1}. */
    public static Tensor globalAveragePool(Tensor x) {
        return avgPool(x, AdaptiveWindows.whole("globalAveragePool", x.shape()), false, true);
    }

    /** The largest element of each plane, {@code N×C×1×1}. */
    public static Tensor globalMaxPool(Tensor x) {
        return maxPool(x, AdaptiveWindows.whole("globalMaxPool", x.shape()), false);
    }

    /** Means over {@code height × width} windows that tile each plane as evenly as they can (they may overlap by one). */
    public static Tensor adaptiveAveragePool(Tensor x, int height, int width) {
        return AdaptiveWindows.average(x, height, width);
    }

    /** Maxima over the windows of {@link #adaptiveAveragePool}. */
    public static Tensor adaptiveMaxPool(Tensor x, int height, int width) {
        return AdaptiveWindows.max(x, height, width);
    }

    // --- normalisation ----------------------------------------------------------------------------------------------

    /** γ·(x − mean)/√(variance + ε) + β per channel with given statistics; all vectors of size C. */
    public static Tensor batchNorm(Tensor x, Tensor mean, Tensor variance, Tensor gamma, Tensor beta, double epsilon) {
        return new BatchNorm(epsilon).on(x, mean, variance, gamma, beta);
    }

    /** The same with the batch's own statistics. */
    public static Tensor batchNormTraining(Tensor x, Tensor gamma, Tensor beta, double epsilon) {
        return batchNormTraining(x, gamma, beta, moments(x), epsilon);
    }

    /** The same where the batch's statistics are known already; {@code moments} must be those of x. */
    public static Tensor batchNormTraining(Tensor x, Tensor gamma, Tensor beta, Moments moments, double epsilon) {
        return new BatchNormTraining(epsilon).on(x, gamma, beta, moments.mean(), moments.variance());
    }

    /** Mean and biased variance of each channel, recorded nowhere. */
    public static Moments moments(Tensor x) {
        return Moments.of(x);
    }

    /** Normalised over the innermost axes, whose shape γ and β have. */
    public static Tensor layerNorm(Tensor x, Tensor gamma, Tensor beta, double epsilon) {
        return new LayerNorm(epsilon).on(x, gamma, beta);
    }

    /** Each image normalised over each group of its channels; γ and β have size C. */
    public static Tensor groupNorm(Tensor x, Tensor gamma, Tensor beta, int groups, double epsilon) {
        return new GroupNorm(groups, epsilon).on(x, gamma, beta);
    }

    /** Each channel of each image normalised; γ and β have size C. */
    public static Tensor instanceNorm(Tensor x, Tensor gamma, Tensor beta, double epsilon) {
        return new InstanceNorm(epsilon).on(x, gamma, beta);
    }

    /** x / (bias + alpha/size·Σ x²)^beta over the channels around each; see {@link LocalResponseNorm}. */
    public static Tensor localResponseNorm(Tensor x, int size, double alpha, double beta, double bias) {
        return new LocalResponseNorm(size, alpha, beta, bias).on(x);
    }

    // --- losses -----------------------------------------------------------------------------------------------------

    /** The mean of {@link #crossEntropyPerSample} over the batch. */
    public static Tensor crossEntropy(Tensor logits, Tensor targets, double labelSmoothing) {
        return mean(crossEntropyPerSample(logits, targets, labelSmoothing));
    }

    /** −log softmax(logits)[target] per row of logits {@code N×K}, smoothed; targets are I64, the result has size N. */
    public static Tensor crossEntropyPerSample(Tensor logits, Tensor targets, double labelSmoothing) {
        return new CrossEntropy(labelSmoothing).on(logits, targets);
    }

    /** The mean of (a − b)². */
    public static Tensor mse(Tensor a, Tensor b) {
        return mean(square(sub(a, b)));
    }

    /**
     * The Kullback–Leibler divergence Σ p·(log p − log q) of each row, averaged over the rows; 0·log 0 counts 0.
     *
     * @param logQ log-probabilities {@code N×K}, as {@link #logSoftmax} gives
     * @param p probabilities of the same shape
     */
    public static Tensor klDivergence(Tensor logQ, Tensor p) {
        if (!logQ.shape().equals(p.shape()) || p.shape().rank() < 1) {
            throw new ShapeException(
                    "klDivergence needs distributions of one shape, but found " + logQ.shape() + " and " + p.shape());
        }
        Tensor zero = equal(p, 0);
        Tensor logP = log(where(zero, onesLike(p), p));
        return mul(sum(mul(p, sub(logP, logQ))), 1.0 / p.shape().size(0));
    }

    // --- resizing ---------------------------------------------------------------------------------------------------

    /** Images brought to {@code height × width} by the nearest pixel. */
    public static Tensor resizeNearest(
            Tensor x, int height, int width, Resize.Corners corners, Resize.Rounding rounding) {
        return Resize.nearest(x, height, width, corners, rounding);
    }

    /** Images brought to {@code height × width} by linear interpolation. */
    public static Tensor resizeBilinear(Tensor x, int height, int width, Resize.Corners corners) {
        return Resize.bilinear(x, height, width, corners);
    }
}
