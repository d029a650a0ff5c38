package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.equal;
import static dev.backlight.engine.op.Ops.reshape;
import static dev.backlight.engine.op.Ops.sub;
import static dev.backlight.engine.op.Ops.transpose;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.models.onnx.proto.TensorProto;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that keep the elements and change how they are arranged or typed, or tell about shapes. */
final class ShapeOperators {
    private static final double DROPPED_BY_DEFAULT = 0.5;

    private ShapeOperators() {}

    static void register(OperatorRegistry.Builder to) {
        to.since(1, "Reshape", ShapeOperators::reshaped, 1)
                .add(
                        "Flatten",
                        at -> reshape(
                                at.tensor(0),
                                matrix(at.tensor(0).shape(), at.attributes().integer("axis", 1))))
                .add("Transpose", ShapeOperators::transposed)
                .since(1, "Squeeze", ShapeOperators::squeezed)
                .since(13, "Squeeze", ShapeOperators::squeezed, 1)
                .since(1, "Unsqueeze", ShapeOperators::unsqueezed)
                .since(13, "Unsqueeze", ShapeOperators::unsqueezed, 1)
                .since(8, "Expand", ShapeOperators::expanded, 1)
                .ofShapes(1, "Shape", ShapeOperators::shape)
                .ofShapes(
                        1,
                        "Size",
                        at -> longs(at, Shape.scalar(), at.tensor(0).shape().elements()))
                .add("Identity", at -> at.tensor(0))
                .several(1, "If", ShapeOperators::undecided, 0)
                .several(1, "Dropout", ShapeOperators::dropout, 1, 2)
                .since(6, "Cast", ShapeOperators::cast)
                .since(15, "CastLike", ShapeOperators::castLike)
                .add("DepthToSpace", ShapeOperators::depthToSpace)
                .add("SpaceToDepth", ShapeOperators::spaceToDepth);
    }

    private static Tensor reshaped(Invocation at) {
        Tensor x = at.tensor(0);
        long[] stated = at.wholes("shape", 1).orElseThrow(() -> at.unsupported("states no shape"));
        boolean zeroIsZero = at.attributes().flag("allowzero", false);
        int[] sizes = new int[stated.length];
        int free = -1;
        long product = 1;
        for (int i = 0; i < stated.length; i++) {
            if (stated[i] == -1) {
                free = i;
                continue;
            }
            sizes[i] = stated[i] == 0 && !zeroIsZero ? x.shape().size(i) : Math.toIntExact(stated[i]);
            product *= sizes[i];
        }
        if (free >= 0) {
            if (product == 0 || x.shape().elements() % product != 0) {
                throw new ShapeException(
                        "no size in place of −1 reshapes " + x.shape() + " to " + Arrays.toString(stated));
            }
            sizes[free] = (int) (x.shape().elements() / product);
        }
        return reshape(x, Shape.of(sizes));
    }

    /** The axes before {@code axis} as rows and those from it on as columns. */
    static Shape matrix(Shape shape, int axis) {
        int at = axis < 0 ? axis + shape.rank() : axis;
        int[] sizes = shape.sizes();
        if (at < 0 || at > sizes.length) {
            throw new ShapeException("axis " + axis + " does not split shape " + shape);
        }
        return Shape.of(product(Arrays.copyOf(sizes, at)), product(Arrays.copyOfRange(sizes, at, sizes.length)));
    }

    private static int product(int... sizes) {
        return Math.toIntExact(Shape.of(sizes).elements());
    }

    private static Tensor transposed(Invocation at) {
        Tensor x = at.tensor(0);
        int last = x.shape().rank() - 1;
        return transpose(
                x,
                at.attributes()
                        .integers("perm")
                        .orElseGet(() -> IntStream.rangeClosed(0, last)
                                .map(axis -> last - axis)
                                .toArray()));
    }

    private static Tensor squeezed(Invocation at) {
        Tensor x = at.tensor(0);
        Shape shape = x.shape();
        int[] axes = at.axes("axes", 1, shape)
                .orElseGet(() -> IntStream.range(0, shape.rank())
                        .filter(axis -> shape.size(axis) == 1)
                        .toArray());
        Arrays.sort(axes);
        Shape fewer = shape;
        for (int i = axes.length - 1; i >= 0; i--) {
            if (shape.size(axes[i]) != 1) {
                throw new ShapeException("axis " + axes[i] + " of shape " + shape + " is not 1 and cannot be dropped");
            }
            fewer = fewer.without(axes[i]);
        }
        return reshape(x, fewer);
    }

    private static Tensor unsqueezed(Invocation at) {
        Tensor x = at.tensor(0);
        long[] axes = at.wholes("axes", 1).orElseThrow(() -> at.unsupported("states no axes"));
        int rank = x.shape().rank() + axes.length;
        int[] resolved = Arrays.stream(axes)
                .mapToInt(axis -> Math.toIntExact(axis < 0 ? axis + rank : axis))
                .sorted()
                .toArray();
        Shape more = x.shape();
        for (int axis : resolved) {
            more = more.insert(axis, 1);
        }
        return reshape(x, more);
    }

    private static Tensor expanded(Invocation at) {
        Tensor x = at.tensor(0);
        int[] sizes =
                Arrays.stream(at.constant(1).longs()).mapToInt(Math::toIntExact).toArray();
        return Ops.broadcastTo(x, x.shape().broadcast(Shape.of(sizes)));
    }

    /** From version 15 on, a range of the axes. */
    private static Tensor shape(Invocation at) {
        int[] sizes = at.tensor(0).shape().sizes();
        int from = clamped(at.attributes().integer("start", 0), sizes.length);
        int to = clamped(at.attributes().integer("end", sizes.length), sizes.length);
        long[] part =
                Arrays.stream(sizes, from, Math.max(from, to)).asLongStream().toArray();
        return longs(at, Shape.of(part.length), part);
    }

    private static int clamped(int axis, int rank) {
        return Math.clamp(axis < 0 ? (long) axis + rank : axis, 0, rank);
    }

    private static Tensor longs(Invocation at, Shape shape, long... values) {
        return Tensor.of(at.backend(), shape, values);
    }

    /** Constant folding puts the branch that is taken in the place of the operator; so here it could not. */
    private static List<Tensor> undecided(Invocation at) {
        throw at.unsupported("the condition " + at.node().inputs().getFirst()
                + " must be a constant once the model's input shapes are known, but depends on its values");
    }

    /** In inference nothing is dropped; the mask says so. */
    private static List<Tensor> dropout(Invocation at) {
        Tensor x = at.tensor(0);
        if (at.scalar(2, 0) != 0 && at.scalar(1, DROPPED_BY_DEFAULT) != 0) {
            throw at.unsupported(
                    "dropout in training mode is random and not supported; export the model for inference");
        }
        boolean wantsMask = at.node().outputs().size() > 1;
        return wantsMask ? List.of(x, Tensor.full(at.backend(), DType.I64, x.shape(), 1)) : List.of(x);
    }

    /** Blocks of channels become blocks of pixels; DCR takes the block's pixel from the outer channels, CRD from the inner. */
    private static Tensor depthToSpace(Invocation at) {
        Tensor x = at.tensor(0);
        int block = block(at);
        Shape shape = images(at);
        int channels = shape.size(1) / (block * block);
        if (channels * block * block != shape.size(1)) {
            throw new ShapeException(shape.size(1) + " channels are no multiple of blocks of " + block + "×" + block);
        }
        boolean isOuter = at.attributes().text("mode", "DCR").equals("DCR");
        Tensor apart = reshape(
                x,
                isOuter
                        ? Shape.of(shape.size(0), block, block, channels, shape.size(2), shape.size(3))
                        : Shape.of(shape.size(0), channels, block, block, shape.size(2), shape.size(3)));
        Tensor woven = isOuter ? transpose(apart, 0, 3, 4, 1, 5, 2) : transpose(apart, 0, 1, 4, 2, 5, 3);
        return reshape(woven, Shape.of(shape.size(0), channels, shape.size(2) * block, shape.size(3) * block));
    }

    private static Tensor spaceToDepth(Invocation at) {
        Tensor x = at.tensor(0);
        int block = block(at);
        Shape shape = images(at);
        int height = shape.size(2) / block;
        int width = shape.size(3) / block;
        if (height * block != shape.size(2) || width * block != shape.size(3)) {
            throw new ShapeException("shape " + shape + " does not divide into blocks of " + block + "×" + block);
        }
        Tensor apart = reshape(x, Shape.of(shape.size(0), shape.size(1), height, block, width, block));
        Shape deep = Shape.of(shape.size(0), shape.size(1) * block * block, height, width);
        return reshape(transpose(apart, 0, 3, 5, 1, 2, 4), deep);
    }

    private static int block(Invocation at) {
        int block = at.attributes().integer("blocksize", 0);
        if (block < 1 || block > Short.MAX_VALUE) {
            throw at.unsupported("needs a blocksize of at least 1, but has " + block);
        }
        return block;
    }

    private static Shape images(Invocation at) {
        Shape shape = at.tensor(0).shape();
        if (shape.rank() != 4) {
            throw new ShapeException("needs images N×C×H×W, but found shape " + shape);
        }
        return shape;
    }

    private static Tensor castLike(Invocation at) {
        boolean isTruth = at.elementType(1).filter(ElementType.BOOL::equals).isPresent();
        return isTruth
                ? truth(at.tensor(0))
                : Ops.cast(at.tensor(0), at.tensor(1).dtype());
    }

    /** 1 for every number but 0. */
    private static Tensor truth(Tensor x) {
        return sub(1, Ops.cast(equal(x, 0), DType.I64));
    }

    private static Tensor cast(Invocation at) {
        Tensor x = at.tensor(0);
        int to = at.attributes().integer("to", TensorProto.DataType.UNDEFINED_VALUE);
        return switch (to) {
            case TensorProto.DataType.FLOAT_VALUE,
                    TensorProto.DataType.FLOAT16_VALUE,
                    TensorProto.DataType.BFLOAT16_VALUE -> Ops.cast(x, at.computed(DType.F32));
            case TensorProto.DataType.DOUBLE_VALUE -> Ops.cast(x, at.computed(DType.F64));
            case TensorProto.DataType.INT64_VALUE,
                    TensorProto.DataType.INT32_VALUE,
                    TensorProto.DataType.INT16_VALUE,
                    TensorProto.DataType.INT8_VALUE,
                    TensorProto.DataType.UINT64_VALUE,
                    TensorProto.DataType.UINT32_VALUE,
                    TensorProto.DataType.UINT16_VALUE,
                    TensorProto.DataType.UINT8_VALUE -> Ops.cast(x, DType.I64);
            case TensorProto.DataType.BOOL_VALUE -> truth(x);
            default -> throw at.unsupported("casting to element type number " + to + " is not supported");
        };
    }
}
