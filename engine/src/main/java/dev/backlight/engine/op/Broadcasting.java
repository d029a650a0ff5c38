package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;
import java.util.Locale;

/** How elementwise ops run their primitive: operand checks, the common shape, and the way back from it. */
final class Broadcasting {
    private Broadcasting() {}

    static Tensor unary(UnaryFunction function, Tensor x) {
        return unary(function, 0, 0, x);
    }

    static Tensor unary(UnaryFunction function, double alpha, double beta, Tensor x) {
        return Tensor.execute(x.backend(), new Primitive.Unary(function, alpha, beta), x.dtype(), x.shape(), x);
    }

    static Tensor binary(BinaryFunction function, List<Tensor> operands) {
        Tensor a = operands.get(0);
        Tensor b = operands.get(1);
        requireAlike(function.name().toLowerCase(Locale.ROOT), a, b);
        return Tensor.execute(
                a.backend(),
                new Primitive.Binary(function),
                a.dtype(),
                a.shape().broadcast(b.shape()),
                a,
                b);
    }

    /** @throws ShapeException when two operands differ in type or live on different backends */
    static void requireAlike(String operation, Tensor a, Tensor b) {
        if (a.dtype() != b.dtype()) {
            throw new ShapeException(operation + " needs operands of one type, but found " + a.dtype() + " " + a.shape()
                    + " and " + b.dtype() + " " + b.shape() + "; cast one of them");
        }
        if (!a.backend().equals(b.backend())) {
            throw new ShapeException(operation + " needs operands on one device, but found "
                    + a.backend().name() + " and " + b.backend().name());
        }
    }

    /** @throws ShapeException when the tensor is not of the type */
    static void require(String operation, Tensor x, DType dtype) {
        if (x.dtype() != dtype) {
            throw new ShapeException(
                    operation + " needs a tensor of " + dtype + ", but found " + x.dtype() + " " + x.shape());
        }
    }

    /** The signal for an operand that was stretched: summed over the stretched axes. */
    static Tensor back(Tensor upstream, Tensor operand) {
        return Ops.sumTo(upstream, operand.shape());
    }

    /** The shape with leading axes of size 1 up to a rank. */
    static Shape padded(Shape shape, int rank) {
        Shape result = shape;
        while (result.rank() < rank) {
            result = result.insert(0, 1);
        }
        return result;
    }
}
