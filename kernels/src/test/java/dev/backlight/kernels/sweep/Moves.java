package dev.backlight.kernels.sweep;

import static dev.backlight.engine.shape.DType.F32;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.stream.IntStream;

/** Primitives that move elements, by rule or by index; the adjoints of the latter add. */
final class Moves {
    private Moves() {}

    static SweepCase movement(Draw draw, int index) {
        Shape shape = draw.shape(4, 9);
        DeviceArray x = draw.values(F32, shape);
        return switch (index % 5) {
            case 0 -> {
                int[] order = order(draw);
                yield new SweepCase(
                        new Primitive.Permute(AxisList.of(order)), F32, shape.permute(order), Bounds.EXACT, x);
            }
            case 1 ->
                new SweepCase(
                        new Primitive.Broadcast(), F32, shape, Bounds.EXACT, draw.values(F32, draw.stretched(shape)));
            case 2 -> {
                int axis = draw.from(0, 3);
                DeviceArray other = draw.values(F32, shape.with(axis, draw.from(0, 3)));
                Shape joined = shape.with(axis, shape.size(axis) + other.shape().size(axis));
                yield new SweepCase(new Primitive.Concat(axis), F32, joined, Bounds.EXACT, x, other);
            }
            case 3 -> slice(draw, x, false);
            default -> slice(draw, x, true);
        };
    }

    private static int[] order(Draw draw) {
        int[] order = IntStream.range(0, 4).toArray();
        for (int k = 3; k > 0; k--) {
            int j = draw.from(0, k);
            int swapped = order[k];
            order[k] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    private static SweepCase slice(Draw draw, DeviceArray x, boolean adjoint) {
        int[] start = new int[4];
        int[] step = new int[4];
        int[] sizes = new int[4];
        for (int axis = 0; axis < 4; axis++) {
            int size = x.shape().size(axis);
            step[axis] = draw.oneIn(2) ? 1 : draw.from(1, 3);
            sizes[axis] = draw.from(1, Math.ceilDiv(size, step[axis]));
            start[axis] = draw.from(0, size - 1 - (sizes[axis] - 1) * step[axis]);
            if (draw.oneIn(3)) {
                start[axis] += (sizes[axis] - 1) * step[axis];
                step[axis] = -step[axis];
            }
        }
        AxisList starts = AxisList.of(start);
        AxisList steps = AxisList.of(step);
        Shape small = Shape.of(sizes);
        return adjoint
                ? new SweepCase(
                        new Primitive.Embed(starts, steps), F32, x.shape(), Bounds.EXACT, draw.values(F32, small))
                : new SweepCase(new Primitive.Slice(starts, steps), F32, small, Bounds.EXACT, x);
    }

    static SweepCase indexing(Draw draw, int index) {
        Shape shape = draw.shape(3, 9);
        int axis = draw.from(0, 2);
        int count = draw.size(9);
        Shape picked = shape.with(axis, count);
        DeviceArray x = draw.values(F32, shape);
        DeviceArray u = draw.values(F32, picked);
        DeviceArray rows = draw.indices(Shape.of(count), shape.size(axis));
        DeviceArray elements = draw.indices(picked, shape.size(axis));
        return switch (index % 4) {
            case 0 -> new SweepCase(new Primitive.Take(axis), F32, picked, Bounds.EXACT, x, rows);
            case 1 -> new SweepCase(new Primitive.TakeAdjoint(axis), F32, shape, Bounds.terms(4), u, rows);
            case 2 -> new SweepCase(new Primitive.GatherElements(axis), F32, picked, Bounds.EXACT, x, elements);
            default -> new SweepCase(new Primitive.ScatterAddElements(axis), F32, shape, Bounds.terms(4), u, elements);
        };
    }

    /** As max-pooling's gradient: indices that wander along large planes, that lie anywhere, or that are all the same. */
    static SweepCase scatteredPlanes(Draw draw, int index) {
        int planes = draw.from(1, 3);
        int size = draw.from(900, 5000);
        int count = draw.from(100, 1500);
        int middle = size / 2;
        double[] indices = new double[planes * count];
        for (int i = 0; i < indices.length; i++) {
            int along = Math.toIntExact((long) (i % count) * size / count);
            indices[i] = switch (index % 3) {
                case 0 -> Math.min(size - 1, along + draw.from(0, 60));
                case 1 -> draw.from(0, size - 1);
                default -> middle;
            };
        }
        DeviceArray u = draw.values(F32, Shape.of(planes, count));
        DeviceArray elements = draw.array(DType.I64, Shape.of(planes, count), indices);
        // All of one plane may meet in one element, and be added there in F32.
        double factor = index % 3 == 2 ? count : 8;
        return new SweepCase(
                new Primitive.ScatterAddElements(1), F32, Shape.of(planes, size), Bounds.terms(factor), u, elements);
    }
}
