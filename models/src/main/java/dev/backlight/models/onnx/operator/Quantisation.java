package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.cast;
import static dev.backlight.engine.op.Ops.div;
import static dev.backlight.engine.op.Ops.equal;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.reshape;
import static dev.backlight.engine.op.Ops.sub;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.graph.ElementTypes;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Numbers on a grid of 8 or 16 bits. The grid's indices are kept as floating numbers, and the gradient goes straight
 * through the rounding, so that a quantised model is explained like the one it was made from (Bengio et al. 2013). Operators
 * that compute with indices directly are rewritten before, see {@link dev.backlight.models.onnx.pass.QuantisedOperators}.
 */
final class Quantisation {
    private static final int BYTE_STEPS = 255;

    private Quantisation() {}

    static void register(OperatorRegistry.Builder to) {
        to.since(10, "QuantizeLinear", Quantisation::quantised)
                .since(10, "DequantizeLinear", Quantisation::dequantised)
                .several(11, "DynamicQuantizeLinear", Quantisation::dynamic);
    }

    private static Tensor quantised(Invocation at) {
        Tensor x = at.tensor(0);
        Tensor steps = div(x, cast(along(at, at.tensor(1), x.shape()), x.dtype()));
        Tensor rounded = new RoundStraightThrough().on(steps);
        Tensor shifted = at.has(2) ? add(rounded, cast(along(at, at.tensor(2), x.shape()), x.dtype())) : rounded;
        return limited(shifted, stored(at), at);
    }

    /** That of the zero point, or else what the attribute of version 21 says, or else bytes. */
    private static ElementType stored(Invocation at) {
        if (!at.has(2)) {
            int stated = at.attributes().integer("output_dtype", 0);
            return stated == 0
                    ? ElementType.U8
                    : ElementTypes.of(stated)
                            .orElseThrow(() -> at.unsupported("quantising to element type number " + stated
                                    + " is not supported, only to 8 or 16 bits"));
        }
        return at.elementType(2)
                .orElseThrow(() -> at.unsupported("the file does not say in which type the zero point \""
                        + at.node().inputs().get(2) + "\" is stored, which decides the range of the result"));
    }

    private static Tensor limited(Tensor x, ElementType type, Invocation at) {
        return switch (type) {
            case U8 -> Ops.clip(x, 0, 0xff);
            case I8 -> Ops.clip(x, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case U16 -> Ops.clip(x, 0, 0xffff);
            case I16 -> Ops.clip(x, Short.MIN_VALUE, Short.MAX_VALUE);
            default -> throw at.unsupported("quantising to " + type + " is not supported, only to 8 or 16 bits");
        };
    }

    private static Tensor dequantised(Invocation at) {
        Tensor x = at.tensor(0);
        Tensor scale = along(at, at.tensor(1), x.shape());
        Tensor real = cast(x, scale.dtype());
        Tensor steps = at.has(2) ? sub(real, cast(along(at, at.tensor(2), x.shape()), scale.dtype())) : real;
        return mul(steps, scale);
    }

    /** One number for all, or one per element of the axis, or one per block of elements along it. */
    private static Tensor along(Invocation at, Tensor settings, Shape x) {
        if (settings.shape().elements() == 1) {
            return reshape(settings, Shape.scalar());
        }
        int axis = x.axis(at.attributes().integer("axis", 1));
        int block = at.attributes().integer("block_size", 0);
        if (block > 0 && settings.shape().rank() == x.rank()) {
            int[] blocks = IntStream.range(0, x.size(axis)).map(i -> i / block).toArray();
            return Indexing.take(settings, axis, blocks);
        }
        Shape shape = settings.shape();
        for (int i = axis + 1; i < x.rank(); i++) {
            shape = shape.insert(shape.rank(), 1);
        }
        return reshape(settings, shape);
    }

    /** The grid of 8 bits that just holds zero and all elements; the grid itself is taken as given by the gradient. */
    private static List<Tensor> dynamic(Invocation at) {
        Tensor x = at.tensor(0);
        Tensor zero = Tensor.full(x.backend(), x.dtype(), Shape.scalar(), 0);
        Tensor low = Ops.minimum(Ops.min(x.detached()), zero);
        Tensor high = Ops.maximum(Ops.max(x.detached()), zero);
        Tensor range = sub(high, low);
        // Where all elements are 0, any scale will do.
        Tensor scale = mul(add(range, cast(equal(range, 0), x.dtype())), 1.0 / BYTE_STEPS);
        Tensor origin = Ops.round(Ops.clip(Ops.neg(div(low, scale)), 0, BYTE_STEPS));
        Tensor steps = add(new RoundStraightThrough().on(div(x, scale)), origin);
        return List.of(Ops.clip(steps, 0, BYTE_STEPS), scale, origin);
    }
}
