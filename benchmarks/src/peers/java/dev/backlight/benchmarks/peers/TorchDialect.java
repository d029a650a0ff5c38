package dev.backlight.benchmarks.peers;

import dev.backlight.benchmarks.contest.Dialect;
import dev.backlight.benchmarks.contest.Step;
import dev.backlight.engine.backend.WindowGeometry;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Steps as calls of libtorch, as torchvision's networks make them: rectifiers and sums of residual blocks in place where
 * nothing else reads their input. What is made outside a run is never freed.
 */
class TorchDialect implements Dialect<Tensor> {
    private static final double MOMENTUM = 0.1;

    @Override
    public Stage<Tensor> stage(Step step) {
        return switch (step) {
            case Step.Convolution conv -> convolution(conv);
            case Step.Normalisation norm -> normalisation(norm);
            case Step.Rectifier rectifier -> (x, reusable) -> rectify(rectifier, x.getFirst(), reusable);
            case Step.MaxPooling pool -> {
                WindowGeometry w = pool.window();
                yield (x, reusable) ->
                        torch.max_pool2d(x.getFirst(), size(w), stride(w), padding(w), dilation(w), false);
            }
            case Step.AveragePooling pool -> {
                WindowGeometry w = pool.window();
                yield (x, reusable) ->
                        torch.avg_pool2d(x.getFirst(), size(w), stride(w), padding(w), false, true, new LongOptional());
            }
            case Step.Addition addition -> (x, reusable) -> add(x.get(0), x.get(1), reusable);
            case Step.Concatenation concatenation ->
                (x, reusable) -> torch.cat(new TensorVector(x.toArray(Tensor[]::new)), 1);
            case Step.Flattening flattening -> (x, reusable) -> torch.flatten(x.getFirst(), 1, -1);
            case Step.FullyConnected linear -> {
                Tensor weights = constant(linear.weights());
                TensorOptional bias = optional(linear.bias());
                yield (x, reusable) -> torch.linear(x.getFirst(), weights, bias);
            }
        };
    }

    /** The rectifier, in place if its input may be lost. */
    Tensor rectify(Step.Rectifier rectifier, Tensor x, boolean reusable) {
        if (!reusable) {
            return torch.relu(x);
        }
        // What an operation in place returns is a second handle of the same memory.
        torch.relu_(x);
        return x;
    }

    private static Tensor add(Tensor a, Tensor b, boolean inPlace) {
        if (!inPlace) {
            return a.add(b);
        }
        a.add_(b);
        return a;
    }

    private static Stage<Tensor> convolution(Step.Convolution conv) {
        WindowGeometry w = conv.window();
        Tensor weights = constant(conv.weights());
        TensorOptional bias = optional(conv.bias());
        return (x, reusable) ->
                torch.conv2d(x.getFirst(), weights, bias, stride(w), padding(w), dilation(w), conv.groups());
    }

    private static Stage<Tensor> normalisation(Step.Normalisation norm) {
        TensorOptional gamma = optional(norm.gamma());
        TensorOptional beta = optional(norm.beta());
        TensorOptional mean = optional(norm.mean());
        TensorOptional variance = optional(norm.variance());
        return (x, reusable) ->
                torch.batch_norm(x.getFirst(), gamma, beta, mean, variance, false, MOMENTUM, norm.epsilon(), false);
    }

    @Override
    public void release(Tensor tensor) {
        tensor.close();
    }

    /** A copy in libtorch's memory that asks for no gradient. */
    static Tensor constant(dev.backlight.engine.autodiff.Tensor tensor) {
        int[] sizes = tensor.shape().sizes();
        return constant(
                tensor.toFloats(), java.util.Arrays.stream(sizes).asLongStream().toArray());
    }

    static Tensor constant(float[] values, long... shape) {
        try (FloatPointer copy = new FloatPointer(values);
                Tensor view = torch.from_blob(copy, shape)) {
            return view.clone();
        }
    }

    private static TensorOptional optional(dev.backlight.engine.autodiff.@Nullable Tensor tensor) {
        return tensor == null ? new TensorOptional() : new TensorOptional(constant(tensor));
    }

    static float[] values(Tensor tensor) {
        float[] values = new float[(int) tensor.numel()];
        try (Tensor dense = tensor.detach().contiguous();
                FloatPointer pointer = new FloatPointer(dense.data_ptr())) {
            pointer.get(values);
        }
        return values;
    }

    private static long[] size(WindowGeometry w) {
        return new long[] {w.height(), w.width()};
    }

    private static long[] stride(WindowGeometry w) {
        return new long[] {w.strideY(), w.strideX()};
    }

    private static long[] padding(WindowGeometry w) {
        return new long[] {w.padTop(), w.padLeft()};
    }

    private static long[] dilation(WindowGeometry w) {
        return new long[] {w.dilationY(), w.dilationX()};
    }

    static List<Tensor> listOf(TensorVector vector) {
        return List.of(vector.get());
    }
}
