package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rearranging tensors beyond {@link Ops#reshape}, {@link Ops#transpose} and {@link Ops#slice}: joining, padding, indexing.
 * Axes may count from the end. What does not fit is a {@link ShapeException}.
 */
public final class Shapes {
    /** How padding continues a tensor. */
    public enum Border {
        /** Mirrored at the outermost element, which is not repeated: c b | a b c | b a. */
        REFLECT,
        /** The outermost element repeated: a a | a b c | c c. */
        EDGE
    }

    private Shapes() {}

    /** Reshapes to sizes of which one may be −1: it takes what the others leave. */
    public static Tensor reshape(Tensor x, int... sizes) {
        int[] known = sizes.clone();
        int open = -1;
        long product = 1;
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] == -1 && open < 0) {
                open = i;
            } else {
                product *= sizes[i];
            }
        }
        if (open >= 0) {
            if (product <= 0 || x.shape().elements() % product != 0) {
                throw new ShapeException("cannot reshape " + x.shape() + " to " + Arrays.toString(sizes)
                        + ": the elements do not divide into the sizes given");
            }
            known[open] = (int) (x.shape().elements() / product);
        }
        return Ops.reshape(x, Shape.of(known));
    }

    /** Joins all axes from {@code fromAxis} on into one; with 1, images {@code N×C×H×W} become {@code N×(C·H·W)}. */
    public static Tensor flatten(Tensor x, int fromAxis) {
        int rank = x.shape().rank();
        int at = fromAxis == rank ? rank : x.shape().axis(fromAxis);
        int[] sizes = Arrays.copyOf(x.shape().sizes(), at + 1);
        sizes[at] = 1;
        for (int axis = at; axis < rank; axis++) {
            sizes[at] *= x.shape().size(axis);
        }
        return Ops.reshape(x, Shape.of(sizes));
    }

    /** Without an axis of size 1. */
    public static Tensor squeeze(Tensor x, int axis) {
        if (x.shape().size(axis) != 1) {
            throw new ShapeException("squeeze needs an axis of size 1, but axis " + axis + " of shape " + x.shape()
                    + " has size " + x.shape().size(axis));
        }
        return Ops.reshape(x, x.shape().without(axis));
    }

    /** With an axis of size 1 put in before {@code position}; −1 is the end. */
    public static Tensor unsqueeze(Tensor x, int position) {
        return Ops.reshape(x, x.shape().insert(position, 1));
    }

    /** Joins tensors that agree in all other axes along one axis. */
    public static Tensor concat(int axis, Tensor... parts) {
        return concat(axis, List.of(parts));
    }

    /** Joins tensors that agree in all other axes along one axis. */
    public static Tensor concat(int axis, List<Tensor> parts) {
        if (parts.isEmpty()) {
            throw new ShapeException("concat needs at least one tensor");
        }
        int at = parts.getFirst().shape().axis(axis);
        return parts.size() == 1 ? parts.getFirst() : new Concat(at).on(parts.toArray(Tensor[]::new));
    }

    /** Joins tensors of one shape along a new axis at {@code position}. */
    public static Tensor stack(int position, Tensor... parts) {
        if (parts.length == 0) {
            throw new ShapeException("stack needs at least one tensor");
        }
        int at = position < 0 ? position + parts[0].shape().rank() + 1 : position;
        return concat(at, Arrays.stream(parts).map(part -> unsqueeze(part, at)).toList());
    }

    /** Cuts an axis into parts of the sizes given, which add up to it. */
    public static List<Tensor> split(Tensor x, int axis, int... sizes) {
        if (Arrays.stream(sizes).sum() != x.shape().size(axis)) {
            throw new ShapeException("split sizes " + Arrays.toString(sizes) + " do not add up to axis " + axis
                    + " of shape " + x.shape());
        }
        List<Tensor> parts = new ArrayList<>();
        int start = 0;
        for (int size : sizes) {
            parts.add(Ops.slice(x, axis, start, start + size));
            start += size;
        }
        return parts;
    }

    /** Puts {@code before[axis]} and {@code after[axis]} elements of one value around x, one amount per axis. */
    public static Tensor pad(Tensor x, int[] before, int[] after, double value) {
        boolean isNothing = Arrays.stream(before).allMatch(amount -> amount == 0)
                && Arrays.stream(after).allMatch(amount -> amount == 0)
                && before.length == x.shape().rank()
                && after.length == before.length;
        return isNothing ? x : new Pad(AxisList.of(before), AxisList.of(after), value).on(x);
    }

    /** Continues x beyond its edges by its own elements, one amount per axis and edge. */
    public static Tensor pad(Tensor x, int[] before, int[] after, Border border) {
        return Borders.pad(x, before, after, border);
    }

    /** The elements at I64 indices along an axis; that axis is replaced by the indices' axes (ONNX Gather). */
    public static Tensor take(Tensor x, int axis, Tensor indices) {
        int at = x.shape().axis(axis);
        Tensor taken = new Take(at).on(x, reshape(indices, -1));
        Shape shape = x.shape().without(at);
        for (int i = 0; i < indices.shape().rank(); i++) {
            shape = shape.insert(at + i, indices.shape().size(i));
        }
        return Ops.reshape(taken, shape);
    }

    /** The elements at constant indices along an axis. */
    public static Tensor take(Tensor x, int axis, int... indices) {
        return new Take(x.shape().axis(axis)).on(x, Constants.indices(x, indices));
    }

    /** {@code out[.., i, ..] = x[.., indices[.., i, ..], ..]} for I64 indices that agree with x in all other axes. */
    public static Tensor gather(Tensor x, int axis, Tensor indices) {
        return new GatherElements(x.shape().axis(axis)).on(x, indices);
    }

    /** x with {@code updates[.., i, ..]} added at {@code [.., indices[.., i, ..], ..]}, repeatedly where indices repeat. */
    public static Tensor scatterAdd(Tensor x, int axis, Tensor indices, Tensor updates) {
        return Ops.add(x, new ScatterAddElements(x.shape().axis(axis), x.shape()).on(updates, indices));
    }

    /** x repeated {@code times[axis]} along each axis. */
    public static Tensor tile(Tensor x, int... times) {
        Shape shape = x.shape();
        if (times.length != shape.rank() || Arrays.stream(times).anyMatch(count -> count < 1)) {
            throw new ShapeException("tiling a tensor of shape " + shape
                    + " needs a positive count per axis, but found " + Arrays.toString(times));
        }
        int[] apart = new int[2 * times.length];
        int[] stretched = new int[2 * times.length];
        int[] joined = new int[times.length];
        for (int axis = 0; axis < times.length; axis++) {
            apart[2 * axis] = 1;
            stretched[2 * axis] = times[axis];
            apart[2 * axis + 1] = shape.size(axis);
            stretched[2 * axis + 1] = shape.size(axis);
            joined[axis] = times[axis] * shape.size(axis);
        }
        Tensor copies = Ops.broadcastTo(Ops.reshape(x, Shape.of(apart)), Shape.of(stretched));
        return Ops.reshape(copies, Shape.of(joined));
    }

    /** Reversed along the axes. */
    public static Tensor flip(Tensor x, int... axes) {
        int[] start = new int[x.shape().rank()];
        int[] step = new int[x.shape().rank()];
        Arrays.fill(step, 1);
        for (int axis : axes) {
            int at = x.shape().axis(axis);
            start[at] = Math.max(0, x.shape().size(at) - 1);
            step[at] = -1;
        }
        return new Slice(AxisList.of(start), AxisList.of(step), x.shape()).on(x);
    }

    public static Tensor zerosLike(Tensor x) {
        return Tensor.full(x.backend(), x.dtype(), x.shape(), 0);
    }

    public static Tensor onesLike(Tensor x) {
        return Tensor.full(x.backend(), x.dtype(), x.shape(), 1);
    }
}
