package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * What a convolution's results go through on their way to memory, in this order: a bias per channel; scale and shift per
 * channel; the addition of a residual; the rectifier. Each step rounds like the primitive of its own ({@code ChannelAffine},
 * {@code Binary ADD}, {@code Unary POSITIVE_PART}), so that fusing them changes no bit.
 *
 * @param bias one number per output channel
 * @param scale one number per output channel, with {@code shift}
 * @param shift one number per output channel, with {@code scale}
 * @param residual an array of the output's shape
 * @param rectified whether negative results become 0
 */
public record Epilogue(
        @Nullable Span bias,
        @Nullable Span scale,
        @Nullable Span shift,
        @Nullable Span residual,
        boolean rectified) {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

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
        return new Epilogue(bias, null, null, null, false);
    }

    /**
     * Writes {@code count} results of one channel.
     *
     * @param start where the output array begins in {@code out}, as the residual does in its own
     */
    void store(float[] from, int at, int channel, float[] out, int start, int to, int count) {
        float offset = bias == null ? 0 : bias.data()[bias.at() + channel];
        if (scale == null || shift == null) {
            add(from, at, offset, out, to, count);
        } else {
            float factor = scale.data()[scale.at() + channel];
            affine(from, at, offset, factor, shift.data()[shift.at() + channel], out, to, count);
        }
        if (residual != null) {
            add(residual.data(), residual.at() + to - start, out, to, count);
        }
        if (rectified) {
            rectify(out, to, count);
        }
    }

    private static void add(float[] from, int at, float offset, float[] out, int to, int count) {
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
        for (int i = 0; i < count; i += L) {
            VectorMask<Float> mask = S.indexInRange(i, count);
            FloatVector v = FloatVector.fromArray(S, from, at + i, mask).add(offset);
            v.fma(a, b).intoArray(out, to + i, mask);
        }
    }

    private static void add(float[] from, int at, float[] out, int to, int count) {
        for (int i = 0; i < count; i += L) {
            VectorMask<Float> mask = S.indexInRange(i, count);
            FloatVector v = FloatVector.fromArray(S, out, to + i, mask);
            v.add(FloatVector.fromArray(S, from, at + i, mask)).intoArray(out, to + i, mask);
        }
    }

    private static void rectify(float[] out, int to, int count) {
        for (int i = 0; i < count; i += L) {
            VectorMask<Float> mask = S.indexInRange(i, count);
            FloatVector.fromArray(S, out, to + i, mask).max(0).intoArray(out, to + i, mask);
        }
    }
}
