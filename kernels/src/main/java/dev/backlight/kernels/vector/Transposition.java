package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** Lines turned into columns four at a time: squares are turned in registers, so that memory sees vectors of four. */
final class Transposition {
    /** Lines that are turned together. */
    static final int LINES = 4;

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_128;

    private static final VectorShuffle<Float> SWAP_NEIGHBOURS = VectorShuffle.fromValues(S, 1, 0, 3, 2);
    private static final VectorShuffle<Float> SWAP_HALVES = VectorShuffle.fromValues(S, 2, 3, 0, 1);
    private static final VectorMask<Float> ODD = VectorMask.fromValues(S, false, true, false, true);
    private static final VectorMask<Float> UPPER = VectorMask.fromValues(S, false, false, true, true);
    private static final VectorMask<Float> EVEN = ODD.not();
    private static final VectorMask<Float> LOWER = UPPER.not();

    private Transposition() {}

    /** {@code to[at + i·step + s] = from[first + s·pitch + i]} for s below {@value #LINES} and i below {@code count}. */
    static void turn(float[] from, int first, int pitch, float[] to, int at, int step, int count) {
        int i = 0;
        int y = at;
        for (; i + LINES <= count; i += LINES) {
            int x = first + i;
            FloatVector a = FloatVector.fromArray(S, from, x);
            FloatVector b = FloatVector.fromArray(S, from, x + pitch);
            FloatVector c = FloatVector.fromArray(S, from, x + 2 * pitch);
            FloatVector d = FloatVector.fromArray(S, from, x + 3 * pitch);
            FloatVector ab = a.blend(b.rearrange(SWAP_NEIGHBOURS), ODD);
            FloatVector ba = b.blend(a.rearrange(SWAP_NEIGHBOURS), EVEN);
            FloatVector cd = c.blend(d.rearrange(SWAP_NEIGHBOURS), ODD);
            FloatVector dc = d.blend(c.rearrange(SWAP_NEIGHBOURS), EVEN);
            ab.blend(cd.rearrange(SWAP_HALVES), UPPER).intoArray(to, y);
            ba.blend(dc.rearrange(SWAP_HALVES), UPPER).intoArray(to, y + step);
            cd.blend(ab.rearrange(SWAP_HALVES), LOWER).intoArray(to, y + 2 * step);
            dc.blend(ba.rearrange(SWAP_HALVES), LOWER).intoArray(to, y + 3 * step);
            y += LINES * step;
        }
        for (; i < count; i++) {
            for (int s = 0; s < LINES; s++) {
                to[at + i * step + s] = from[first + s * pitch + i];
            }
        }
    }
}
