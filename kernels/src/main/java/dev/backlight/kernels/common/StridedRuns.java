package dev.backlight.kernels.common;

import dev.backlight.engine.shape.Shape;
import java.util.Arrays;

/**
 * Walks a dense array together with operands that see it through strides, in runs along the innermost axis. Axes that all
 * operands cross evenly are merged first, so that operands of one shape make a single run, and a channel's bias one run per
 * plane.
 */
public final class StridedRuns {
    private final int[] sizes;
    /** [operand][axis]. */
    private final int[][] strides;

    private final int[] starts;

    @FunctionalInterface
    public interface Run {
        /** The run's place in the dense array, each operand's place (valid during the call), and its length. */
        void accept(int dense, int[] operands, int length);
    }

    /** Operand o lies at {@code starts[o] + Σ index[axis] · strides[o][axis]}. */
    public StridedRuns(Shape dense, int[] starts, long[]... strides) {
        int rank = 0;
        int[] merged = new int[Math.max(1, dense.rank())];
        int[][] steps = new int[strides.length][merged.length];
        for (int axis = 0; axis < dense.rank(); axis++) {
            if (dense.size(axis) == 1) {
                continue;
            }
            boolean even = rank > 0;
            for (int o = 0; even && o < strides.length; o++) {
                even = steps[o][rank - 1] == strides[o][axis] * dense.size(axis);
            }
            rank = even ? rank : rank + 1;
            merged[rank - 1] = even ? merged[rank - 1] * dense.size(axis) : dense.size(axis);
            for (int o = 0; o < strides.length; o++) {
                steps[o][rank - 1] = (int) strides[o][axis];
            }
        }
        if (rank == 0) {
            merged[rank++] = (int) dense.elements();
        }
        this.sizes = Arrays.copyOf(merged, rank);
        this.strides = steps;
        this.starts = starts;
    }

    /** Operands that broadcast to the dense shape. */
    public static StridedRuns broadcast(Shape dense, int[] starts, Shape... operands) {
        long[][] strides = new long[operands.length][];
        for (int o = 0; o < operands.length; o++) {
            strides[o] = broadcastStrides(operands[o], dense);
        }
        return new StridedRuns(dense, starts, strides);
    }

    /** Row-major strides of an operand, aligned at the innermost axis, 0 where it is stretched. */
    public static long[] broadcastStrides(Shape operand, Shape dense) {
        long[] own = operand.strides();
        long[] strides = new long[dense.rank()];
        int shift = dense.rank() - operand.rank();
        for (int axis = 0; axis < operand.rank(); axis++) {
            strides[axis + shift] = operand.size(axis) == 1 ? 0 : own[axis];
        }
        return strides;
    }

    /** The operand's stride along a run. */
    public int stride(int operand) {
        return strides[operand][sizes.length - 1];
    }

    /** The length of a whole run. */
    public int runLength() {
        return sizes[sizes.length - 1];
    }

    /** Visits the elements {@code from} … {@code to}−1 of the dense array; the first and last run may be parts. */
    public void forEach(int from, int to, Run run) {
        int inner = sizes.length - 1;
        int[] at = new int[starts.length];
        for (int dense = from; dense < to; ) {
            int column = dense % sizes[inner];
            int length = Math.min(sizes[inner] - column, to - dense);
            for (int o = 0; o < at.length; o++) {
                at[o] = starts[o] + column * strides[o][inner];
            }
            int rest = dense / sizes[inner];
            for (int axis = inner - 1; axis >= 0; axis--) {
                int index = rest % sizes[axis];
                rest /= sizes[axis];
                for (int o = 0; o < at.length; o++) {
                    at[o] += index * strides[o][axis];
                }
            }
            run.accept(dense, at, length);
            dense += length;
        }
    }
}
