package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;

/** Softmax along any axis and its logarithm: short rows in registers, long ones and columns by blocks. */
final class Softmax {
    private static final String MODULE = "softmax";
    private static final int STRUCT_BYTES = 2 * Integer.BYTES + 3 * Long.BYTES;
    private static final int WARP = 32;

    /** Elements of a short row that one thread holds; in rows of more than a warp holds so, and of the most that are held. */
    private static final int HELD = 8;

    private static final int MOST_HELD = 32;

    /** Neighbouring rows that a block takes together, and how many must be neighbours in memory for that. */
    private static final int COLUMNS = 32;

    private static final int LEAST_COLUMNS = 8;

    private final Launcher launcher;

    Softmax(Launcher launcher) {
        this.launcher = launcher;
    }

    void compute(Primitive.Softmax softmax, DeviceArray in, DeviceArray out) {
        int axis = in.shape().axis(softmax.axis());
        int size = in.shape().size(axis);
        long inner = in.shape().strides()[axis];
        long rows = in.shape().elements() / size;
        int group = Math.min(WARP, powerOfTwoFrom(Math.ceilDiv(size, HELD)));
        Struct struct = new Struct(STRUCT_BYTES)
                .i32(softmax.logarithm() ? 1 : 0)
                .i32(group)
                .i64(rows)
                .i64(size)
                .i64(inner);
        Arguments arguments = new Arguments().bytes(struct.finished()).array(in).array(out);
        String kernel = kernel(size, inner);
        int perBlock = switch (kernel) {
            case "columns" -> COLUMNS;
            case "rows" -> 1;
            default -> Types.THREADS / group;
        };
        Grid grid = new Grid(Grid.linear(rows, perBlock, 1).x(), 1, 1, Types.THREADS);
        launcher.launch(new Launch(Types.floatingKernel(MODULE, kernel, in.dtype()), grid, 0, arguments));
    }

    private static String kernel(int size, long inner) {
        if (inner >= LEAST_COLUMNS) {
            return "columns";
        }
        return size <= WARP * HELD ? "held8" : size <= WARP * MOST_HELD ? "held32" : "rows";
    }

    private static int powerOfTwoFrom(int least) {
        return least == 1 ? 1 : 2 * Integer.highestOneBit(least - 1);
    }
}
