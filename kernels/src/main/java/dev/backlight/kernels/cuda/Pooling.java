package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;

/** Windows over planes; a thread makes one element of the output. */
final class Pooling {
    private static final String MODULE = "pooling";
    private static final int WINDOWS_BYTES = Layout.EXTENTS_BYTES + 2 * Long.BYTES + 12 * Integer.BYTES;

    private final Launcher launcher;

    Pooling(Launcher launcher) {
        this.launcher = launcher;
    }

    void maxIndices(WindowGeometry window, DeviceArray x, DeviceArray out) {
        launch("max_indices", x.dtype(), window, x.shape(), out.shape(), x, out);
    }

    void sum(WindowGeometry window, DeviceArray x, DeviceArray out) {
        launch("sum", x.dtype(), window, x.shape(), out.shape(), x, out);
    }

    void sumAdjoint(WindowGeometry window, DeviceArray u, DeviceArray out) {
        launch("sum_adjoint", u.dtype(), window, out.shape(), u.shape(), u, out);
    }

    private void launch(
            String function,
            DType dtype,
            WindowGeometry g,
            Shape images,
            Shape windows,
            DeviceArray in,
            DeviceArray out) {
        Shape written = out.shape();
        Layout walk = Layout.ofAxes(written.size(3), written.size(2), (long) written.size(0) * written.size(1));
        Struct struct = walk.extents(new Struct(WINDOWS_BYTES))
                .i64((long) images.size(2) * images.size(3))
                .i64((long) windows.size(2) * windows.size(3))
                .i32(images.size(2))
                .i32(images.size(3))
                .i32(windows.size(2))
                .i32(windows.size(3))
                .window(g);
        Arguments arguments = new Arguments().bytes(struct.finished()).array(in).array(out);
        Grid grid = Grid.linear(written.elements(), 1, Types.THREADS);
        launcher.launch(new Launch(Types.kernel(MODULE, function, dtype), grid, 0, arguments));
    }
}
