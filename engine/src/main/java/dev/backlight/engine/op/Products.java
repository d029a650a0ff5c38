package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.broadcastTo;
import static dev.backlight.engine.op.Ops.reshape;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import org.jspecify.annotations.Nullable;

/** Brings matrix products of any rank into the forms that {@link MatMul} and {@link Linear} take. */
final class Products {
    private Products() {}

    static Tensor matmul(Tensor a, Tensor b) {
        Shape left = a.shape();
        Shape right = b.shape();
        if (left.rank() < 2 || right.rank() < 2) {
            throw new ShapeException("matmul needs matrices or stacks of them, but found " + left + " and " + right);
        }
        Shape lead = lead(left).broadcast(lead(right));
        Shape result = join(lead, left.size(-2), right.size(-1));
        if (lead(right).elements() == 1) {
            // One matrix for all rows: a single large product.
            int rows = (int) lead(left).elements() * left.size(-2);
            return reshape(
                    new MatMul(false, false)
                            .on(reshape(a, Shape.of(1, rows, left.size(-1))), reshape(b, stack(1, right))),
                    result);
        }
        return reshape(new MatMul(false, false).on(stacked(a, lead), stacked(b, lead)), result);
    }

    static Tensor linear(Tensor x, Tensor w, @Nullable Tensor bias) {
        Shape shape = x.shape();
        if (shape.rank() < 2 || w.shape().rank() != 2) {
            throw new ShapeException(
                    "linear needs an input …×I and weights O×I, but found " + shape + " and " + w.shape());
        }
        Tensor rows = reshape(x, Shape.of((int) lead(shape).elements() * shape.size(-2), shape.size(-1)));
        Tensor result = bias == null ? new Linear().on(rows, w) : new Linear().on(rows, w, bias);
        return reshape(result, shape.with(-1, w.shape().size(0)));
    }

    /** Rank 3; an operand of one matrix stays one and is stretched by the product itself. */
    private static Tensor stacked(Tensor x, Shape lead) {
        Shape own = lead(x.shape());
        if (own.elements() == 1) {
            return reshape(x, stack(1, x.shape()));
        }
        Tensor full = broadcastTo(x, join(lead, x.shape().size(-2), x.shape().size(-1)));
        return reshape(full, stack((int) lead.elements(), x.shape()));
    }

    private static Shape stack(int count, Shape matrix) {
        return Shape.of(count, matrix.size(-2), matrix.size(-1));
    }

    private static Shape lead(Shape shape) {
        return shape.without(-1).without(-1);
    }

    private static Shape join(Shape lead, int rows, int columns) {
        return lead.insert(-1, rows).insert(-1, columns);
    }
}
