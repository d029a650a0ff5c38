package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.reshape;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The largest element of each window. Inputs: images {@code N×C×H×W} and, per window, the I64 index {@code y·W + x} of the
 * element that wins, {@code N×C×OH×OW}, which {@link #indices} finds; equal elements leave it to the first. The gradient
 * goes to the winners, and so does that of the gradient.
 *
 * @param window by which the indices were found, for those who write the op down; null where the windows are unequal
 * @param ceilMode whether incomplete windows at the end counted
 */
public record MaxPool(@Nullable WindowGeometry window, boolean ceilMode) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        return gather(inputs.get(0), inputs.get(1));
    }

    @Override
    public boolean differentiable(int input) {
        return input == 0;
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Shape shape = at.input(0).shape();
        return Gradients.of(() ->
                reshape(new ScatterAddElements(1, planes(shape)).on(planes(upstream), planes(at.input(1))), shape));
    }

    /**
     * The index of each window's largest element; padding never wins.
     *
     * @throws ShapeException when x is no batch of images, or a window would lie in the padding altogether
     */
    public static Tensor indices(Tensor x, WindowGeometry window, boolean ceilMode) {
        Shape shape = Windows.output("maxPool", x.shape(), window, ceilMode);
        Windows.requireTaps("maxPool", x.shape(), window, shape);
        return Tensor.execute(x.backend(), new Primitive.MaxPoolIndices(window), DType.I64, shape, x.detached());
    }

    private static Tensor gather(Tensor x, Tensor indices) {
        return reshape(new GatherElements(1).on(planes(x), planes(indices)), indices.shape());
    }

    private static Tensor planes(Tensor x) {
        return reshape(x, planes(x.shape()));
    }

    private static Shape planes(Shape shape) {
        return Shape.of(shape.size(0) * shape.size(1), shape.size(2) * shape.size(3));
    }
}
