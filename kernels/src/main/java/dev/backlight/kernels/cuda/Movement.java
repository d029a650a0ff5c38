package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** Primitives that move elements and compute nothing. */
final class Movement {
    private static final String MODULE = "movement";

    private final Launcher launcher;

    Movement(Launcher launcher) {
        this.launcher = launcher;
    }

    void broadcast(DeviceArray in, DeviceArray out) {
        gather(in, 0, Layout.of(out.shape(), Layout.broadcast(in.shape(), out.shape())), out);
    }

    void permute(AxisList order, DeviceArray in, DeviceArray out) {
        long[] own = in.shape().strides();
        long[] strides = new long[own.length];
        for (int axis = 0; axis < strides.length; axis++) {
            strides[axis] = own[order.get(axis)];
        }
        Layout layout = Layout.of(out.shape(), strides, out.shape().strides());
        Transposition.of(layout)
                .ifPresentOrElse(
                        transposition -> launcher.launch(transposition.launch(in, out)),
                        () -> gather(in, 0, layout, out));
    }

    void slice(AxisList start, AxisList step, DeviceArray in, DeviceArray out) {
        long[] strides = in.shape().strides();
        long first = 0;
        for (int axis = 0; axis < strides.length; axis++) {
            first += start.get(axis) * strides[axis];
            strides[axis] *= step.get(axis);
        }
        gather(in, first, Layout.of(out.shape(), strides), out);
    }

    /** @param first the element of {@code in} that the walk begins at */
    private void gather(DeviceArray in, long first, Layout layout, DeviceArray out) {
        if (layout.axes() == 1 && layout.stride(0, 0) == 1) {
            launcher.copy(DeviceMemory.address(out), address(in, first), bytes(out));
            return;
        }
        Struct extents = layout.extents(new Struct(Layout.EXTENTS_BYTES));
        Struct strides = layout.strides(new Struct(Layout.STRIDES_BYTES), 0);
        Arguments arguments = new Arguments()
                .bytes(extents.finished())
                .bytes(strides.finished())
                .address(address(in, first))
                .array(out);
        launcher.launch(new Launch(Types.sizedKernel(MODULE, "gather", out.dtype()), Types.packs(out), 0, arguments));
    }

    void embed(AxisList start, AxisList step, DeviceArray in, DeviceArray out) {
        launcher.launch(Embedding.of(start, step, in.shape(), out.shape()).launch(in, out));
    }

    void concat(int axis, List<DeviceArray> parts, DeviceArray out) {
        int at = out.shape().axis(axis);
        long inner = 1;
        for (int i = at + 1; i < out.shape().rank(); i++) {
            inner *= out.shape().size(i);
        }
        long pitch = out.shape().size(at) * inner;
        long column = 0;
        for (DeviceArray part : parts) {
            long row = part.shape().size(at) * inner;
            boolean isThere = row == part.shape().elements() && address(out, column) == DeviceMemory.address(part);
            if (part.shape().elements() > 0 && !isThere) {
                place(part, row, pitch, address(out, column));
            }
            column += row;
        }
    }

    private void place(DeviceArray part, long row, long pitch, long to) {
        long rows = part.shape().elements() / row;
        if (rows == 1 || row == pitch) {
            launcher.copy(to, DeviceMemory.address(part), bytes(part));
            return;
        }
        Struct walk = Layout.ofAxes(row, rows).extents(new Struct(Layout.EXTENTS_BYTES));
        Arguments arguments =
                new Arguments().bytes(walk.finished()).i64(pitch).array(part).address(to);
        launcher.launch(new Launch(Types.sizedKernel(MODULE, "rows", part.dtype()), Types.packs(part), 0, arguments));
    }

    private static long address(DeviceArray array, long element) {
        return DeviceMemory.address(array) + element * array.dtype().bytes();
    }

    private static long bytes(DeviceArray array) {
        Shape shape = array.shape();
        return shape.elements() * array.dtype().bytes();
    }
}
