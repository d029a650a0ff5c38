package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/**
 * The batched product of {@code B×m×k} and {@code B×k×n} (either stored transposed); a batch of 1 stretches. The facade
 * {@link Ops#matmul} brings other ranks into this form.
 */
public record MatMul(boolean transposeA, boolean transposeB) implements Op {
    @Override
    public Tensor forward(List<Tensor> inputs) {
        Tensor a = inputs.get(0);
        Tensor b = inputs.get(1);
        Broadcasting.requireAlike("matmul", a, b);
        return Tensor.execute(
                a.backend(),
                new Primitive.MatMul(transposeA, transposeB),
                a.dtype(),
                shape(a.shape(), b.shape()),
                a,
                b);
    }

    @Override
    public Gradients gradient(Application at, Tensor upstream) {
        Tensor a = at.input(0);
        Tensor b = at.input(1);
        return Gradients.of(
                () -> Ops.sumTo(
                        transposeA
                                ? new MatMul(transposeB, true).on(b, upstream)
                                : new MatMul(false, !transposeB).on(upstream, b),
                        a.shape()),
                () -> Ops.sumTo(
                        transposeB
                                ? new MatMul(true, transposeA).on(upstream, a)
                                : new MatMul(!transposeA, false).on(a, upstream),
                        b.shape()));
    }

    private Shape shape(Shape a, Shape b) {
        if (a.rank() == 3 && b.rank() == 3) {
            int inner = a.size(transposeA ? 1 : 2);
            boolean batches = a.size(0) == b.size(0) || a.size(0) == 1 || b.size(0) == 1;
            if (batches && inner == b.size(transposeB ? 2 : 1)) {
                return Shape.of(
                        a.size(0) == 1 ? b.size(0) : a.size(0), a.size(transposeA ? 2 : 1), b.size(transposeB ? 1 : 2));
            }
        }
        throw new ShapeException("cannot multiply matrices of shape " + a + (transposeA ? " (transposed)" : "")
                + " and " + b + (transposeB ? " (transposed)" : "") + ": inner or batch sizes differ");
    }
}
