package dev.backlight.kernels.vector;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.backlight.engine.backend.WindowGeometry;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The winners of a max-pool, a row of windows at a time. Source rows are split into the phases of the horizontal stride, so
 * that neighbouring windows find each tap in neighbouring elements; outside the image stands −∞, which never wins because
 * every window starts with its first element inside. Taps are tried in row-major order: the first of equals wins.
 */
final class MaxPoolRows {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, S.vectorShape());
    private static final int L = S.length();
    private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(S, i -> 2 * i % (2 * L));

    private final WindowGeometry g;
    private final int height;
    private final int width;
    private final int columns;
    private final TapAxis axis;
    private final int lead;
    /** Elements of a row's one phase, and of all its phases. */
    private final int pitch;

    private final int rowSize;

    MaxPoolRows(WindowGeometry g, int height, int width, int columns) {
        this.g = g;
        this.height = height;
        this.width = width;
        this.columns = columns;
        this.axis = TapAxis.forward(width, columns, g.width(), g.strideX(), g.dilationX(), g.padLeft());
        this.lead = axis.lead();
        this.pitch = axis.extent() + 2 * L;
        this.rowSize = g.strideX() * pitch;
    }

    /** Writes the winners' indices within the plane, one per window of output row {@code row}; −1 where all is padding. */
    void row(float[] x, int plane, int row, long[] out, int to) {
        int origin = row * g.strideY() - g.padTop();
        int first = Math.max(0, Math.ceilDiv(-origin, g.dilationY()));
        int end = Math.min(g.height(), Math.ceilDiv(height - origin, g.dilationY()));
        float[] rows = Scratch.PANELS.floats(g.height() * rowSize);
        for (int ky = first; ky < end; ky++) {
            split(x, plane + (origin + ky * g.dilationY()) * width, rows, ky * rowSize);
        }
        int[] winners = new int[columns + L];
        for (int j = 0; j < columns; j += L) {
            winners(rows, first, end, origin, j).intoArray(winners, j);
        }
        for (int j = 0; j < columns; j++) {
            out[to + j] = winners[j];
        }
    }

    private void split(float[] x, int from, float[] rows, int at) {
        Arrays.fill(rows, at, at + rowSize, Float.NEGATIVE_INFINITY);
        int stride = g.strideX();
        for (int phase = 0; phase < stride; phase++) {
            int to = at + phase * pitch + lead;
            int count = Math.min(axis.length(phase), pitch - lead);
            int done = stride == 2 ? evens(x, from + phase, from + width, rows, to, count) : 0;
            for (int i = done; i < count; i++) {
                rows[to + i] = x[from + phase + i * stride];
            }
        }
    }

    /** Every second element as long as two whole vectors can be read; returns how many there are. */
    private static int evens(float[] x, int from, int end, float[] to, int at, int count) {
        int i = 0;
        for (; i + L <= count && from + 2 * i + 2 * L <= end; i += L) {
            FloatVector low = FloatVector.fromArray(S, x, from + 2 * i);
            FloatVector high = FloatVector.fromArray(S, x, from + 2 * i + L);
            low.rearrange(EVEN, high).intoArray(to, at + i);
        }
        return i;
    }

    /** The winners of the windows {@code j} … {@code j+L−1}. */
    private IntVector winners(float[] rows, int first, int end, int origin, int j) {
        FloatVector champion = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        IntVector column = IntVector.zero(I).addIndex(1).add(j).mul(g.strideX()).sub(g.padLeft());
        IntVector inside = firstInside(column);
        IntVector winner = inside.add((origin + first * g.dilationY()) * width);
        for (int ky = first; ky < end; ky++) {
            int row = (origin + ky * g.dilationY()) * width;
            for (int kx = 0; kx < g.width(); kx++) {
                int at = ky * rowSize + axis.phase()[kx] * pitch + lead + axis.shift()[kx] + j;
                FloatVector value = FloatVector.fromArray(S, rows, at);
                VectorMask<Float> wins = wins(value, champion);
                champion = champion.blend(value, wins);
                winner = winner.blend(column.add(row + kx * g.dilationX()), wins.cast(I));
            }
        }
        VectorMask<Integer> empty = inside.compare(LT, 0).or(inside.compare(GE, width));
        return first < end ? winner.blend(-1, empty) : IntVector.broadcast(I, -1);
    }

    /** Where a value is greater, or the first NaN: ¬(v ≤ c) holds for both, and nothing wins against NaN. */
    static VectorMask<Float> wins(FloatVector value, FloatVector champion) {
        return champion.compare(EQ, champion).andNot(value.compare(LE, champion));
    }

    /** The column of each window's first tap that is not in the padding. */
    private IntVector firstInside(IntVector column) {
        IntVector inside = column;
        for (int kx = 1; kx < g.width(); kx++) {
            VectorMask<Integer> outside = inside.compare(LT, 0);
            inside = inside.blend(column.add(kx * g.dilationX()), outside);
        }
        return inside;
    }
}
