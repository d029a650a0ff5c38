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
     * Writes {@code count} results of one channel; {@code from} may be {@code out} itself, at the same place.
     *
     * @param start where the output array begins in {@code out}, as the other arrays of its shape do in their own
     */
    void store(float[] from, int at, int channel, float[] out, int start, int to, int count) {
        float offset = bias == null ? 0 : bias.data()[bias.at() + channel];
        // Never null: C2 of JDK 25 moves the reading of a nullable vector out of the loop, ahead of its null check.
        FloatVector factor = FloatVector.broadcast(S, scale == null ? 1 : scale.data()[scale.at() + channel]);
        FloatVector shifted = FloatVector.broadcast(S, shift == null ? 0 : shift.data()[shift.at() + channel]);
        int place = to - start;
        int whole = count / L * L;
        for (int i = 0; i < whole; i += L) {
            FloatVector v = FloatVector.fromArray(S, from, at + i).add(offset);
            if (joined != null) {
                v = v.add(FloatVector.fromArray(S, joined.data(), joined.at() + place + i));
            }
            if (gate != null) {
                v = open(v, FloatVector.fromArray(S, gate.data(), gate.at() + place + i));
            }
            if (scale != null) {
                v = v.fma(factor, shifted);
            }
            if (residual != null) {
                v = v.add(FloatVector.fromArray(S, residual.data(), residual.at() + place + i));
            }
            (rectified ? v.max(0) : v).intoArray(out, to + i);
        }
        if (whole < count) {
            storeTail(from, at + whole, channel, out, start, to + whole, count - whole);
        }
    }

    /** Less than a vector of results. */
    private void storeTail(float[] from, int at, int channel, float[] out, int start, int to, int count) {
        VectorMask<Float> mask = S.indexInRange(0, count);
        int place = to - start;
        FloatVector v = FloatVector.fromArray(S, from, at, mask);
        v = v.add(bias == null ? 0 : bias.data()[bias.at() + channel]);
        if (joined != null) {
            v = v.add(FloatVector.fromArray(S, joined.data(), joined.at() + place, mask));
        }
        if (gate != null) {
            v = open(v, FloatVector.fromArray(S, gate.data(), gate.at() + place, mask));
        }
        if (scale != null && shift != null) {
            FloatVector factor = FloatVector.broadcast(S, scale.data()[scale.at() + channel]);
            v = v.fma(factor, FloatVector.broadcast(S, shift.data()[shift.at() + channel]));
        }
        if (residual != null) {
            v = v.add(FloatVector.fromArray(S, residual.data(), residual.at() + place, mask));
        }
        (rectified ? v.max(0) : v).intoArray(out, to, mask);
    }

    private static FloatVector open(FloatVector v, FloatVector gate) {
        return FloatVector.zero(S).blend(v, gate.compare(GT, 0));
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
