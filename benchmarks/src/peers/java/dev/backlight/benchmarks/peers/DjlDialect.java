package dev.backlight.benchmarks.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import dev.backlight.benchmarks.contest.Dialect;
import dev.backlight.benchmarks.contest.Step;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Steps as calls of DJL's functional layer. */
final class DjlDialect implements Dialect<NDArray> {
    private static final float MOMENTUM = 0.9f;
    private static final int CHANNELS = 1;

    private final NDManager manager;

    DjlDialect(NDManager manager) {
        this.manager = manager;
    }

    @Override
    public Stage<NDArray> stage(Step step) {
        return switch (step) {
            case Step.Convolution conv -> convolution(conv);
            case Step.Normalisation norm -> normalisation(norm);
            case Step.Rectifier rectifier ->
                (x, reusable) -> x.getFirst().getNDArrayInternal().relu();
            case Step.MaxPooling pool ->
                (x, reusable) -> Pool.maxPool2d(
                        x.getFirst(), size(pool.window()), stride(pool.window()), padding(pool.window()), false);
            case Step.AveragePooling pool ->
                (x, reusable) -> Pool.avgPool2d(
                        x.getFirst(), size(pool.window()), stride(pool.window()), padding(pool.window()), false, true);
            case Step.Addition addition -> (x, reusable) -> x.get(0).add(x.get(1));
            case Step.Concatenation concatenation -> (x, reusable) -> NDArrays.concat(new NDList(x), CHANNELS);
            case Step.Flattening flattening ->
                (x, reusable) -> x.getFirst().reshape(x.getFirst().getShape().get(0), -1);
            case Step.FullyConnected linear -> {
                NDArray weights = constant(manager, linear.weights());
                NDArray bias = constant(manager, linear.bias());
                yield (x, reusable) ->
                        Linear.linear(x.getFirst(), weights, bias).singletonOrThrow();
            }
        };
    }

    private Stage<NDArray> convolution(Step.Convolution conv) {
        WindowGeometry w = conv.window();
        NDArray weights = constant(manager, conv.weights());
        NDArray bias = optional(conv.bias());
        Shape dilation = new Shape(w.dilationY(), w.dilationX());
        return (x, reusable) -> Conv2d.conv2d(
                        x.getFirst(), weights, bias, stride(w), padding(w), dilation, conv.groups())
                .singletonOrThrow();
    }

    private Stage<NDArray> normalisation(Step.Normalisation norm) {
        NDArray mean = constant(manager, norm.mean());
        NDArray variance = constant(manager, norm.variance());
        NDArray gamma = constant(manager, norm.gamma());
        NDArray beta = constant(manager, norm.beta());
        return (x, reusable) -> BatchNorm.batchNorm(
                        x.getFirst(), mean, variance, gamma, beta, CHANNELS, MOMENTUM, (float) norm.epsilon(), false)
                .singletonOrThrow();
    }

    @Override
    public void release(NDArray array) {
        array.close();
    }

    static NDArray constant(NDManager manager, Tensor tensor) {
        long[] sizes = Arrays.stream(tensor.shape().sizes()).asLongStream().toArray();
        return manager.create(FloatBuffer.wrap(tensor.toFloats()), new Shape(sizes));
    }

    private @Nullable NDArray optional(@Nullable Tensor tensor) {
        return tensor == null ? null : constant(manager, tensor);
    }

    private static Shape size(WindowGeometry w) {
        return new Shape(w.height(), w.width());
    }

    private static Shape stride(WindowGeometry w) {
        return new Shape(w.strideY(), w.strideX());
    }

    private static Shape padding(WindowGeometry w) {
        return new Shape(w.padTop(), w.padLeft());
    }
}
