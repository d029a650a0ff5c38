package dev.backlight.kernels.vector;

import static jdk.incubator.vector.VectorOperators.GT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * What a convolution's results go through on their way to memory, in this order: a bias per channel; the addition of another
 * signal; a rectifier's gate; scale and shift per channel; the addition of a residual; the rectifier. That is what stands
 * behind a convolution on the way forward, and behind its input gradient on the way back. Each step rounds like the primitive
 * of its own ({@code Binary ADD} and {@code GATE}, {@code ChannelAffine}, {@code Unary POSITIVE_PART}), so that fusing them
 * changes no bit.
 *
 * @param bias one number per output channel
 * @param joined an array of the output's shape
 * @param gate an array of the output's shape; results become 0 where it is not positive
 * @param scale one number per output channel, with {@code shift}
 * @param shift one number per output channel, with {@code scale}
 * @param residual an array of the output's shape
 * @param rectified whether negative results become 0
 */
public record Epilogue(
        @Nullable Span bias,
        @Nullable Span joined,
        @Nullable Span gate,
        @Nullable Span scale,
        @Nullable Span shift,
        @Nullable Span residual,
        boolean rectified) {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    private static final float[] NO_BIAS = {0};

    /** Results as they are. */
    public static final Epilogue NONE = biased(null);

    /** @throws IllegalArgumentException when only one of scale and shift is given */
    public Epilogue {
        if ((scale == null) != (shift == null)) {
            throw new IllegalArgumentException("Expected scale and shift together, found only one of them.");
        }
    }

    /** The addition of a bias, if there is one. */
    public static Epilogue biased(@Nullable Span bias) {
        return new Epilogue(bias, null, null, null, null, null, false);
    }

    /**
     * Writes {@code count} results of one channel; {@code from} may be {@code out} itself, at the same place. Every step is a
     * loop of its own over the run, which is in the first-level cache: in one loop that has some steps or others, C2 keeps
     * vectors in memory (and has been seen to read a nullable one ahead of its null check).
     *
     * @param start where the output array begins in {@code out}, as the other arrays of its shape do in their own
     */
    void store(float[] from, int at, int channel, float[] out, int start, int to, int count) {
        int place = to - start;
        float offset = bias == null ? 0 : bias.data()[bias.at() + channel];
        boolean isPlain = joined == null && gate == null;
        if (isPlain && scale != null && shift != null) {
            float factor = scale.data()[scale.at() + channel];
            affine(from, at, offset, factor, shift.data()[shift.at() + channel], out, to, count);
        } else {
            copy(from, at, offset, out, to, count);
        }
        if (!isPlain) {
            joinAndGate(channel, out, to, place, count);
        }
        if (residual != null) {
            add(residual.data(), residual.at() + place, out, to, count);
        }
        if (rectified) {
            rectify(out, to, count);
        }
    }

    private void joinAndGate(int channel, float[] out, int to, int place, int count) {
        if (joined != null) {
            add(joined.data(), joined.at() + place, out, to, count);
        }
        if (gate != null) {
            gate(gate.data(), gate.at() + place, out, to, count);
        }
        if (scale != null && shift != null) {
            // −0 is what changes nothing when added, zeros included
            float factor = scale.data()[scale.at() + channel];
            affine(out, to, -0f, factor, shift.data()[shift.at() + channel], out, to, count);
        }
    }

    private static void copy(float[] from, int at, float offset, float[] out, int to, int count) {
        int i = 0;
        for (; i + L <= count; i += L) {
            FloatVector.fromArray(S, from, at + i).add(offset).intoArray(out, to + i);
        }
        if (i < count) {
            VectorMask<Float> mask = S.indexInRange(i, count);
            FloatVector.fromArray(S, from, at + i, mask).add(offset).intoArray(out, to + i, mask);
        }
    }

    private static void affine(
            float[] from, int at, float offset, float factor, float shift, float[] out, int to, int count) {
        FloatVector a = FloatVector.broadcast(S, factor);
        FloatVector b = FloatVector.broadcast(S, shift);
        int i = 0;
        for (; i + L <= count; i += L) {
            FloatVector.fromArray(S, from, at + i).add(offset).fma(a, b).intoArray(out, to + i);
        }
        if (i < count) {
            VectorMask<Float> mask = S.indexInRange(i, count);
            FloatVector v = FloatVector.fromArray(S, from, at + i, mask).add(offset);
            v.fma(a, b).intoArray(out, to + i, mask);
        }
    }

    private static void add(float[] other, int at, float[] out, int to, int count) {
        int i = 0;
        for (; i + L <= count; i += L) {
            FloatVector v = FloatVector.fromArray(S, out, to + i);
            v.add(FloatVector.fromArray(S, other, at + i)).intoArray(out, to + i);
        }
        if (i < count) {
            VectorMask<Float> mask = S.indexInRange(i, count);
            FloatVector v = FloatVector.fromArray(S, out, to + i, mask);
            v.add(FloatVector.fromArray(S, other, at + i, mask)).intoArray(out, to + i, mask);
        }
    }

    private static void gate(float[] open, int at, float[] out, int to, int count) {
        FloatVector zero = FloatVector.zero(S);
        int i = 0;
        for (; i + L <= count; i += L) {
            VectorMask<Float> passes = FloatVector.fromArray(S, open, at + i).compare(GT, 0);
            zero.blend(FloatVector.fromArray(S, out, to + i), passes).intoArray(out, to + i);
        }
        if (i < count) {
            VectorMask<Float> mask = S.indexInRange(i, count);
            VectorMask<Float> passes =
                    FloatVector.fromArray(S, open, at + i, mask).compare(GT, 0);
            zero.blend(FloatVector.fromArray(S, out, to + i, mask), passes).intoArray(out, to + i, mask);
        }
    }

    private static void rectify(float[] out, int to, int count) {
        int i = 0;
        for (; i + L <= count; i += L) {
            FloatVector.fromArray(S, out, to + i).max(0).intoArray(out, to + i);
        }
        if (i < count) {
            VectorMask<Float> mask = S.indexInRange(i, count);
            FloatVector.fromArray(S, out, to + i, mask).max(0).intoArray(out, to + i, mask);
        }
    }

    /**
     * Writes a panel of results of {@code rows} successive channels.
     *
     * @param plane elements from a channel's output to the next
     */
    void storePanel(float[] from, int at, int channel, int rows, float[] out, int start, int to, int plane) {
        if (scale != null || joined != null || gate != null || residual != null || rectified) {
            for (int r = 0; r < rows; r++) {
                store(from, at + r * 2 * L, channel + r, out, start, to + r * plane, 2 * L);
            }
        } else if (bias == null) {
            addPanel(from, at, NO_BIAS, 0, 0, rows, out, to, plane);
        } else {
            addPanel(from, at, bias.data(), bias.at() + channel, 1, rows, out, to, plane);
        }
    }

    private static void addPanel(
            float[] from, int at, float[] bias, int biasAt, int biasStep, int rows, float[] out, int to, int plane) {
        for (int r = 0; r < rows; r++) {
            FloatVector offset = FloatVector.broadcast(S, bias[biasAt + r * biasStep]);
            int source = at + r * 2 * L;
            int target = to + r * plane;
            FloatVector.fromArray(S, from, source).add(offset).intoArray(out, target);
            FloatVector.fromArray(S, from, source + L).add(offset).intoArray(out, target + L);
        }
    }
}
