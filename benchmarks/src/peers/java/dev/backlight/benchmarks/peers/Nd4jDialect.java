package dev.backlight.benchmarks.peers;

import dev.backlight.benchmarks.contest.Dialect;
import dev.backlight.benchmarks.contest.Step;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/** Steps as calls of ND4J's operation namespaces; groups other than one it lacks. */
final class Nd4jDialect implements Dialect<INDArray> {
    private static final int CHANNELS = 1;

    @Override
    public Stage<INDArray> stage(Step step) {
        return switch (step) {
            case Step.Convolution conv -> convolution(conv);
            case Step.Normalisation norm -> {
                INDArray mean = constant(norm.mean());
                INDArray variance = constant(norm.variance());
                INDArray gamma = constant(norm.gamma());
                INDArray beta = constant(norm.beta());
                yield (x, reusable) ->
                        Nd4j.nn().batchNorm(x.getFirst(), mean, variance, gamma, beta, norm.epsilon(), CHANNELS);
            }
            case Step.Rectifier rectifier -> (x, reusable) -> Nd4j.nn().relu(x.getFirst(), 0);
            case Step.MaxPooling pool -> {
                Pooling2DConfig config = pooling(pool.window());
                yield (x, reusable) -> Nd4j.cnn().maxPooling2d(x.getFirst(), config);
            }
            case Step.AveragePooling pool -> {
                Pooling2DConfig config = pooling(pool.window());
                yield (x, reusable) -> Nd4j.cnn().avgPooling2d(x.getFirst(), config);
            }
            case Step.Addition addition ->
                (x, reusable) -> reusable ? x.get(0).addi(x.get(1)) : x.get(0).add(x.get(1));
            case Step.Concatenation concatenation -> (x, reusable) -> Nd4j.concat(CHANNELS, x.toArray(INDArray[]::new));
            case Step.Flattening flattening ->
                (x, reusable) -> x.getFirst().reshape(x.getFirst().size(0), -1);
            case Step.FullyConnected linear -> {
                INDArray weights = constant(linear.weights()).transpose();
                INDArray bias = constant(linear.bias());
                yield (x, reusable) -> x.getFirst().mmul(weights).addiRowVector(bias);
            }
        };
    }

    private static Stage<INDArray> convolution(Step.Convolution conv) {
        WindowGeometry w = conv.window();
        if (conv.groups() != 1) {
            throw new IllegalArgumentException("ND4J has no convolution in groups");
        }
        INDArray weights = constant(conv.weights());
        INDArray bias = optional(conv.bias());
        Conv2DConfig config = Conv2DConfig.builder()
                .kH(w.height())
                .kW(w.width())
                .sH(w.strideY())
                .sW(w.strideX())
                .pH(w.padTop())
                .pW(w.padLeft())
                .dH(w.dilationY())
                .dW(w.dilationX())
                .paddingMode(PaddingMode.VALID)
                .dataFormat(Conv2DConfig.NCHW)
                .weightsFormat(WeightsFormat.OIYX)
                .build();
        return (x, reusable) -> bias == null
                ? Nd4j.cnn().conv2d(x.getFirst(), weights, config)
                : Nd4j.cnn().conv2d(x.getFirst(), weights, bias, config);
    }

    private static Pooling2DConfig pooling(WindowGeometry w) {
        return Pooling2DConfig.builder()
                .kH(w.height())
                .kW(w.width())
                .sH(w.strideY())
                .sW(w.strideX())
                .pH(w.padTop())
                .pW(w.padLeft())
                .dH(1)
                .dW(1)
                .paddingMode(PaddingMode.VALID)
                .isNHWC(false)
                .build();
    }

    static INDArray constant(Tensor tensor) {
        long[] sizes = Arrays.stream(tensor.shape().sizes()).asLongStream().toArray();
        return Nd4j.create(tensor.toFloats(), sizes);
    }

    private static @Nullable INDArray optional(@Nullable Tensor tensor) {
        return tensor == null ? null : constant(tensor);
    }
}
