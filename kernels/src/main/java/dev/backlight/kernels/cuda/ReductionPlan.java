package dev.backlight.kernels.cuda;

import dev.backlight.engine.shape.Shape;

/**
 * How a reduction is divided among threads: by shapes alone, so that results do not depend on the device.
 *
 * @param kept a walk over the outputs
 * @param reduced a walk over what one output takes in
 * @param columns whether threads stand side by side along a kept axis, instead of sharing an output
 * @param group threads that share an output
 * @param pieceTerms terms that one group takes at most
 */
record ReductionPlan(Layout kept, Layout reduced, boolean columns, int group, int pieces, long pieceTerms) {
    private static final int STRUCT_BYTES =
            4 * Integer.BYTES + Long.BYTES + 2 * Layout.EXTENTS_BYTES + 2 * Layout.STRIDES_BYTES;

    /** Blocks that fill any device. */
    private static final int BLOCKS = 1024;

    /** Along a shorter axis too few threads would stand side by side. */
    private static final int LEAST_COLUMNS = 8;

    private static final int COLUMNS = 32;
    private static final int LEAST_PIECE_OF_ROW = 4096;
    private static final int LEAST_PIECE_OF_COLUMN = 128;

    /** @param pack elements of one access */
    static ReductionPlan of(Shape in, Shape kept, int pack) {
        int[] reduced = in.sizes();
        for (int axis = 0; axis < reduced.length; axis++) {
            reduced[axis] = kept.size(axis) == 1 ? reduced[axis] : 1;
        }
        Layout outputs = Layout.of(kept, in.strides());
        Layout terms = Layout.of(Shape.of(reduced), in.strides());
        boolean columns = outputs.stride(0, 0) == 1 && outputs.size(0) >= LEAST_COLUMNS;
        int group = columns ? COLUMNS : group(Math.ceilDiv(terms.elements(), (long) pack));
        long perBlock = columns ? COLUMNS : Types.THREADS / group;
        long blocks = Math.ceilDiv(outputs.elements(), perBlock);
        long least = columns ? LEAST_PIECE_OF_COLUMN : LEAST_PIECE_OF_ROW;
        long wanted = Math.clamp(BLOCKS / Math.max(1, blocks), 1, Math.max(1, terms.elements() / least));
        long pieceTerms = Math.max(1, Math.ceilDiv(Math.ceilDiv(terms.elements(), wanted), pack) * pack);
        int pieces = (int) Math.max(1, Math.ceilDiv(terms.elements(), pieceTerms));
        return new ReductionPlan(outputs, terms, columns, group, pieces, pieceTerms);
    }

    /** A power of two, up to a block, that leaves each thread some two of the steps. */
    static int group(long steps) {
        return Integer.highestOneBit(Math.clamp(steps / 2, 1, Types.THREADS));
    }

    /** Numbers of the first stage. */
    long partials() {
        return pieces * kept.elements();
    }

    Grid grid() {
        int perBlock = columns ? COLUMNS : Types.THREADS / group;
        return new Grid(Grid.linear(kept.elements(), perBlock, 1).x(), pieces, 1, Types.THREADS);
    }

    /** The struct {@code Reduction} of {@code reductions.cu}. */
    Struct struct(int function) {
        Struct struct = new Struct(STRUCT_BYTES)
                .i32(function)
                .i32(group)
                .i32(pieces)
                .i32(0)
                .i64(pieceTerms);
        kept.extents(struct);
        kept.strides(struct, 0);
        reduced.extents(struct);
        reduced.strides(struct, 0);
        return struct;
    }
}
