package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.shape.Shape;
import java.util.Optional;

/**
 * A permutation under which the innermost axis changes, as a transposition of two axes for each place of the others: along
 * {@code down} the input is dense, along the innermost axis, {@code across}, the output.
 *
 * @param layout the output's walk, with the strides of the input and of the output
 * @param down an axis of the walk
 */
record Transposition(Layout layout, int down) {
    private static final int TILE = 32;

    /** Along a shorter axis tiles would be mostly empty. */
    private static final int LEAST = 8;

    private static final int STRUCT_BYTES = 6 * Long.BYTES + Layout.EXTENTS_BYTES + 2 * Layout.STRIDES_BYTES;

    static Optional<Transposition> of(Layout layout) {
        for (int axis = 1; axis < layout.axes(); axis++) {
            if (layout.stride(0, axis) == 1 && layout.size(axis) >= LEAST && layout.size(0) >= LEAST) {
                return Optional.of(new Transposition(layout, axis));
            }
        }
        return Optional.empty();
    }

    Launch launch(DeviceArray in, DeviceArray out) {
        long tilesDown = Math.ceilDiv(layout.size(down), (long) TILE);
        long tilesAcross = Math.ceilDiv(layout.size(0), (long) TILE);
        Struct struct = new Struct(STRUCT_BYTES)
                .i64(layout.size(down))
                .i64(layout.size(0))
                .i64(layout.stride(0, 0))
                .i64(layout.stride(1, down))
                .i64(tilesDown)
                .i64(tilesAcross);
        Layout rest = rest();
        rest.extents(struct);
        rest.strides(struct, 0);
        rest.strides(struct, 1);
        Arguments arguments = new Arguments().bytes(struct.finished()).array(in).array(out);
        long blocks = tilesDown * tilesAcross * rest.elements();
        Grid grid = new Grid(Grid.linear(blocks, 1, 1).x(), 1, 1, Types.THREADS);
        return new Launch(Types.sizedKernel("movement", "transpose", out.dtype()), grid, 0, arguments);
    }

    private Layout rest() {
        int rank = layout.axes() - 2;
        int[] sizes = new int[rank];
        long[][] strides = new long[2][rank];
        int at = rank;
        for (int axis = 1; axis < layout.axes(); axis++) {
            if (axis != down) {
                sizes[--at] = (int) layout.size(axis);
                strides[0][at] = layout.stride(0, axis);
                strides[1][at] = layout.stride(1, axis);
            }
        }
        return Layout.of(Shape.of(sizes), strides);
    }
}
