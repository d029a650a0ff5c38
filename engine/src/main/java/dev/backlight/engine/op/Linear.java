package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.matmul;
import static dev.backlight.engine.op.Ops.reshape;
import static dev.backlight.engine.op.Ops.sum;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/** {@code x·wᵀ + bias} for x {@code N×I}, weights {@code O×I} and optionally a bias of size O. */
public record Linear() implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        Tensor w = inputs.get(1);
        requireFit(inputs);
        try (Scope scope = Scope.open()) {
            int rows = x.shape().size(0);
            int columns = w.shape().size(0);
            Tensor product = Tensor.execute(
                    x.backend(),
                    new Primitive.MatMul(false, true),
                    x.dtype(),
                    Shape.of(1, rows, columns),
                    reshape(x, x.shape().insert(0, 1)),
                    reshape(w, w.shape().insert(0, 1)));
            Tensor result = reshape(product, Shape.of(rows, columns));
            return scope.keep(inputs.size() == 3 ? add(result, inputs.get(2)) : result);
        }
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Tensor x = at.input(0);
        Tensor w = at.input(1);
        return Gradients.of(
                () -> matmul(upstream, w),
                () -> reshape(
                        new MatMul(true, false)
                                .on(
                                        reshape(upstream, upstream.shape().insert(0, 1)),
                                        reshape(x, x.shape().insert(0, 1))),
                        w.shape()),
                () -> sum(upstream, 0));
    }

    private static void requireFit(List<Tensor> inputs) {
        Tensor x = inputs.get(0);
        Tensor w = inputs.get(1);
        Broadcasting.requireAlike("linear", x, w);
        boolean fits = x.shape().rank() == 2
                && w.shape().rank() == 2
                && x.shape().size(1) == w.shape().size(1);
        if (!fits) {
            throw new ShapeException(
                    "linear needs an input N×I and weights O×I, but found " + x.shape() + " and " + w.shape());
        }
        if (inputs.size() == 3
                && !inputs.get(2).shape().equals(Shape.of(w.shape().size(0)))) {
            throw new ShapeException("linear with weights " + w.shape() + " needs a bias of size "
                    + w.shape().size(0) + ", but found " + inputs.get(2).shape());
        }
    }
}
