package dev.backlight.kernels.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Every second element of a line; every fourth of four vectors, and back. For the latter a vector is seen as four blocks.
 * Splitting vector k puts phase {@code (m − k) mod 4} into block m; phase s then lies in a different block of each vector, so
 * that blends join it and one rotation puts it in order.
 *
 * <p>Vectors are never handed to methods here and in the tiles: one that C2 declines to inline would box them.
 */
final class Interleaving {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();
    private static final int BLOCK = L / 4;

    private static final VectorMask<Float> BLOCK1 = block(1);
    private static final VectorMask<Float> BLOCK2 = block(2);
    private static final VectorMask<Float> BLOCK3 = block(3);

    /** Even lanes, twice. */
    private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(S, lane -> 2 * lane % L);

    private static final VectorMask<Float> UPPER = S.indexInRange(0, L / 2).not();

    private static final VectorShuffle<Float> SPLIT0 = split(0);
    private static final VectorShuffle<Float> SPLIT1 = split(1);
    private static final VectorShuffle<Float> SPLIT2 = split(2);
    private static final VectorShuffle<Float> SPLIT3 = split(3);
    private static final VectorShuffle<Float> JOIN0 = join(0);
    private static final VectorShuffle<Float> JOIN1 = join(1);
    private static final VectorShuffle<Float> JOIN2 = join(2);
    private static final VectorShuffle<Float> JOIN3 = join(3);
    private static final VectorShuffle<Float> ROTATE1 = rotate(1);
    private static final VectorShuffle<Float> ROTATE2 = rotate(2);
    private static final VectorShuffle<Float> ROTATE3 = rotate(3);

    private Interleaving() {}

    /**
     * {@code to[at + s·pitch + i] = from[first + 4i + s]} for s below 6 and i below {@code count}: phases 4 and 5 are phases 0
     * and 1 one place on. Up to a vector beyond {@code count} may be overwritten.
     */
    static void split(float[] from, int first, int count, float[] to, int at, int pitch) {
        int fourth = at + 4 * pitch - 1, fifth = at + 5 * pitch - 1;
        float before4 = to[fourth], before5 = to[fifth];
        for (int i = 0; i < count; i += L) {
            int source = first + 4 * i;
            FloatVector a0 = FloatVector.fromArray(S, from, source).rearrange(SPLIT0);
            FloatVector a1 = FloatVector.fromArray(S, from, source + L).rearrange(SPLIT1);
            FloatVector a2 = FloatVector.fromArray(S, from, source + 2 * L).rearrange(SPLIT2);
            FloatVector a3 = FloatVector.fromArray(S, from, source + 3 * L).rearrange(SPLIT3);
            FloatVector p0 = a0.blend(a1, BLOCK1).blend(a2, BLOCK2).blend(a3, BLOCK3);
            FloatVector p1 = a3.blend(a0, BLOCK1).blend(a1, BLOCK2).blend(a2, BLOCK3);
            FloatVector p2 = a2.blend(a3, BLOCK1).blend(a0, BLOCK2).blend(a1, BLOCK3);
            FloatVector p3 = a1.blend(a2, BLOCK1).blend(a3, BLOCK2).blend(a0, BLOCK3);
            p1 = p1.rearrange(ROTATE1);
            int place = at + i;
            p0.intoArray(to, place);
            p1.intoArray(to, place + pitch);
            p2.rearrange(ROTATE2).intoArray(to, place + 2 * pitch);
            p3.rearrange(ROTATE3).intoArray(to, place + 3 * pitch);
            p0.intoArray(to, fourth + i);
            p1.intoArray(to, fifth + i);
        }
        to[fourth] = before4;
        to[fifth] = before5;
        to[fourth + count] = from[first + 4 * count];
        to[fifth + count] = from[first + 4 * count + 1];
    }

    /** The inverse: {@code to[at + 4i + s] = from[first + s·pitch + i]}. */
    static void join(float[] from, int first, int pitch, float[] to, int at) {
        FloatVector s0 = FloatVector.fromArray(S, from, first);
        FloatVector s1 = FloatVector.fromArray(S, from, first + pitch).rearrange(ROTATE3);
        FloatVector s2 = FloatVector.fromArray(S, from, first + 2 * pitch).rearrange(ROTATE2);
        FloatVector s3 = FloatVector.fromArray(S, from, first + 3 * pitch).rearrange(ROTATE1);
        FloatVector q0 = s0.blend(s1, BLOCK1).blend(s2, BLOCK2).blend(s3, BLOCK3);
        FloatVector q1 = s3.blend(s0, BLOCK1).blend(s1, BLOCK2).blend(s2, BLOCK3);
        FloatVector q2 = s2.blend(s3, BLOCK1).blend(s0, BLOCK2).blend(s1, BLOCK3);
        FloatVector q3 = s1.blend(s2, BLOCK1).blend(s3, BLOCK2).blend(s0, BLOCK3);
        q0.rearrange(JOIN0).intoArray(to, at);
        q1.rearrange(JOIN1).intoArray(to, at + L);
        q2.rearrange(JOIN2).intoArray(to, at + 2 * L);
        q3.rearrange(JOIN3).intoArray(to, at + 3 * L);
    }

    /** Every second element: {@code to[at + i] = from[first + 2i]} for i below {@code count}. */
    static void thin(float[] from, int first, int count, float[] to, int at) {
        int i = 0;
        for (; i + L <= count && first + 2 * (i + L) <= from.length; i += L) {
            FloatVector low = FloatVector.fromArray(S, from, first + 2 * i).rearrange(EVEN);
            FloatVector high = FloatVector.fromArray(S, from, first + 2 * i + L).rearrange(EVEN);
            low.blend(high, UPPER).intoArray(to, at + i);
        }
        for (; i < count; i++) {
            to[at + i] = from[first + 2 * i];
        }
    }

    private static VectorMask<Float> block(int m) {
        boolean[] lanes = new boolean[L];
        Arrays.fill(lanes, m * BLOCK, (m + 1) * BLOCK, true);
        return VectorMask.fromArray(S, lanes, 0);
    }

    private static VectorShuffle<Float> split(int k) {
        return VectorShuffle.fromOp(S, lane -> 4 * (lane % BLOCK) + Math.floorMod(lane / BLOCK - k, 4));
    }

    private static VectorShuffle<Float> join(int k) {
        return VectorShuffle.fromOp(S, lane -> Math.floorMod(lane % 4 + k, 4) * BLOCK + lane / 4);
    }

    private static VectorShuffle<Float> rotate(int blocks) {
        return VectorShuffle.fromOp(S, lane -> (lane + blocks * BLOCK) % L);
    }
}
