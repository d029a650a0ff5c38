package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;

/**
 * A small array inside a large one: along every axis element i stands at {@code start + i·step}. Axes are numbered from the
 * innermost; an axis that is filled whole is joined with the one outside it.
 *
 * @param large sizes of the large array
 * @param small sizes of the small one
 */
record Embedding(long[] large, long[] small, long[] start, long[] step) {
    private static final int PLACEMENT_BYTES = 4 * Layout.STRIDES_BYTES;

    static Embedding of(AxisList start, AxisList step, Shape small, Shape large) {
        int rank = large.rank();
        long[][] axes = new long[4][Math.max(1, rank)];
        int at = 0;
        for (int axis = rank - 1; axis >= 0; axis--) {
            boolean whole = at > 0 && axes[0][at - 1] == axes[1][at - 1] && axes[3][at - 1] == 1;
            long inner = whole ? axes[0][at - 1] : 1;
            boolean joins = whole && step.get(axis) == 1 && inner * large.size(axis) <= Integer.MAX_VALUE;
            int to = joins ? at - 1 : at++;
            inner = joins ? inner : 1;
            axes[0][to] = large.size(axis) * inner;
            axes[1][to] = small.size(axis) * inner;
            axes[2][to] = start.get(axis) * inner;
            axes[3][to] = step.get(axis);
        }
        if (at == 0) {
            return new Embedding(new long[] {1}, new long[] {1}, new long[1], new long[] {1});
        }
        int joined = at;
        long[][] of = Arrays.stream(axes).map(a -> Arrays.copyOf(a, joined)).toArray(long[][]::new);
        return new Embedding(of[0], of[1], of[2], of[3]);
    }

    Launch launch(DeviceArray in, DeviceArray out) {
        Struct extents = Layout.ofAxes(large).extents(new Struct(Layout.EXTENTS_BYTES));
        Struct placement = new Struct(PLACEMENT_BYTES);
        write(placement, start);
        write(placement, step);
        write(placement, small);
        write(placement, strides());
        Arguments arguments = new Arguments()
                .bytes(extents.finished())
                .bytes(placement.finished())
                .array(in)
                .array(out);
        return new Launch(Types.sizedKernel("movement", "embed", out.dtype()), Types.packs(out), 0, arguments);
    }

    private long[] strides() {
        long[] strides = new long[small.length];
        long stride = 1;
        for (int axis = 0; axis < strides.length; axis++) {
            strides[axis] = stride;
            stride *= small[axis];
        }
        return strides;
    }

    private static void write(Struct to, long[] values) {
        for (int axis = 0; axis < Layout.MAX_AXES; axis++) {
            to.i64(axis < values.length ? values[axis] : 0);
        }
    }
}
