package dev.backlight.kernels.vector;

import static jdk.incubator.vector.VectorOperators.GT;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.kernels.common.EpilogueSteps;
import java.util.Arrays;
import java.util.List;
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

    /** Longest run of one loop, so that what stands for absent signals stays in the first-level cache. */
    private static final int RUN = 1024;

    /** Stands for an absent summand: adding −0 changes nothing, zeros included. */
    private static final Span NOTHING = repeated(-0f);

    /** Stands for an absent gate. */
    private static final Span OPEN = repeated(1);

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

    /** What the results of a convolution, whose third operand is its bias, go through, in arrays of a CPU backend. */
    static Epilogue of(List<DeviceArray> operands, EpilogueSteps steps) {
        return new Epilogue(
                operands.size() == 3 ? Span.of(operands.get(2)) : null,
                span(steps.joined()),
                span(steps.gate()),
                span(steps.scale()),
                span(steps.shift()),
                span(steps.residual()),
                steps.rectified());
    }

    private static @Nullable Span span(@Nullable DeviceArray array) {
        return array == null ? null : Span.of(array);
    }

    /**
     * Writes {@code count} results of one channel; {@code from} may be {@code out} itself, at the same place.
     *
     * @param start where the output array begins in {@code out}, as the other arrays of its shape do in their own
     */
    void store(float[] from, int at, int channel, float[] out, int start, int to, int count) {
        float offset = of(bias, channel, 0);
        float factor = of(scale, channel, 1);
        float summand = of(shift, channel, -0f);
        if (joined == null && gate == null && scale == null && residual == null && !rectified) {
            copy(from, at, offset, out, to, count);
            return;
        }
        for (int done = 0; done < count; done += RUN) {
            int place = to + done - start;
            Span other = part(joined, place, NOTHING);
            Span open = part(gate, place, OPEN);
            Span rest = part(residual, place, NOTHING);
            apply(
                    from,
                    at + done,
                    offset,
                    other,
                    open,
                    factor,
                    summand,
                    rest,
                    out,
                    to + done,
                    Math.min(RUN, count - done));
        }
    }

    private static float of(@Nullable Span perChannel, int channel, float absent) {
        return perChannel == null ? absent : perChannel.data()[perChannel.at() + channel];
    }

    private static Span part(@Nullable Span signal, int place, Span absent) {
        return signal == null ? absent : new Span(signal.data(), signal.at() + place);
    }

    private static Span repeated(float value) {
        float[] values = new float[RUN];
        Arrays.fill(values, value);
        return new Span(values, 0);
    }

    /**
     * All steps in one loop without choices: absent ones take part with numbers that change nothing. (In a loop that has some
     * steps or others C2 keeps vectors in memory.)
     */
    private void apply(
            float[] from,
            int at,
            float offset,
            Span joined,
            Span gate,
            float factor,
            float summand,
            Span residual,
            float[] out,
            int to,
            int count) {
        float[] other = joined.data(), open = gate.data(), rest = residual.data();
        int otherAt = joined.at(), openAt = gate.at(), restAt = residual.at();
        FloatVector zero = FloatVector.zero(S);
        FloatVector bias = FloatVector.broadcast(S, offset);
        FloatVector scale = FloatVector.broadcast(S, factor);
        FloatVector shift = FloatVector.broadcast(S, summand);
        FloatVector least = FloatVector.broadcast(S, rectified ? 0 : Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i + L <= count; i += L) {
            FloatVector v = FloatVector.fromArray(S, from, at + i).add(bias);
            v = v.add(FloatVector.fromArray(S, other, otherAt + i));
            v = zero.blend(v, FloatVector.fromArray(S, open, openAt + i).compare(GT, zero));
            v = v.fma(scale, shift).add(FloatVector.fromArray(S, rest, restAt + i));
            v.max(least).intoArray(out, to + i);
        }
        if (i < count) {
            VectorMask<Float> mask = S.indexInRange(i, count);
            FloatVector v = FloatVector.fromArray(S, from, at + i, mask).add(bias);
            v = v.add(FloatVector.fromArray(S, other, otherAt + i, mask));
            v = zero.blend(v, FloatVector.fromArray(S, open, openAt + i, mask).compare(GT, zero));
            v = v.fma(scale, shift).add(FloatVector.fromArray(S, rest, restAt + i, mask));
            v.max(least).intoArray(out, to + i, mask);
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
}
