package dev.backlight.kernels.vector;

import static jdk.incubator.vector.VectorOperators.GT;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Epilogue} over images that keep a vector's worth of channels side by side: the same steps, each rounded the same,
 * with one vector per position.
 */
record NchwcEpilogue(Epilogue steps) {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    /** Longest run of one loop, so that what stands for absent signals stays in the first-level cache. */
    private static final int RUN = 64;

    /** Stands for an absent summand: adding −0 changes nothing, zeros included. */
    private static final Span NOTHING = repeated(-0f);

    /** Stands for an absent gate or factor. */
    private static final Span ONES = repeated(1);

    /** Stands for an absent bias. */
    private static final Span ZEROS = repeated(0);

    /**
     * Writes {@code positions} results of one block of channels; {@code from} may be {@code out} itself, at the same place.
     *
     * @param channel the block's first
     * @param start where the output array begins in {@code out}, as the other arrays of its shape do in their own
     */
    void store(float[] from, int at, int channel, float[] out, int start, int to, int positions) {
        Span bias = part(steps.bias(), channel, ZEROS);
        Span scale = part(steps.scale(), channel, ONES);
        Span shift = part(steps.shift(), channel, NOTHING);
        boolean isPlain = steps.joined() == null
                && steps.gate() == null
                && steps.scale() == null
                && steps.residual() == null
                && !steps.rectified();
        for (int done = 0; done < positions; done += RUN) {
            int count = Math.min(RUN, positions - done) * L;
            int step = done * L;
            if (isPlain) {
                copy(from, at + step, bias, out, to + step, count);
                continue;
            }
            int place = to + step - start;
            apply(
                    from,
                    at + step,
                    bias,
                    part(steps.joined(), place, NOTHING),
                    part(steps.gate(), place, ONES),
                    scale,
                    shift,
                    part(steps.residual(), place, NOTHING),
                    out,
                    to + step,
                    count);
        }
    }

    private static Span part(@Nullable Span signal, int place, Span absent) {
        return signal == null ? absent : new Span(signal.data(), signal.at() + place);
    }

    private static Span repeated(float value) {
        float[] values = new float[RUN * L];
        Arrays.fill(values, value);
        return new Span(values, 0);
    }

    /** All steps in one loop without choices, for the reason given at {@link Epilogue}. */
    private void apply(
            float[] from,
            int at,
            Span perBias,
            Span joined,
            Span gate,
            Span perScale,
            Span perShift,
            Span residual,
            float[] out,
            int to,
            int count) {
        float[] other = joined.data(), open = gate.data(), rest = residual.data();
        int otherAt = joined.at(), openAt = gate.at(), restAt = residual.at();
        FloatVector zero = FloatVector.zero(S);
        FloatVector bias = FloatVector.fromArray(S, perBias.data(), perBias.at());
        FloatVector scale = FloatVector.fromArray(S, perScale.data(), perScale.at());
        FloatVector shift = FloatVector.fromArray(S, perShift.data(), perShift.at());
        FloatVector least = FloatVector.broadcast(S, steps.rectified() ? 0 : Float.NEGATIVE_INFINITY);
        for (int i = 0; i < count; i += L) {
            FloatVector v = FloatVector.fromArray(S, from, at + i).add(bias);
            v = v.add(FloatVector.fromArray(S, other, otherAt + i));
            v = zero.blend(v, FloatVector.fromArray(S, open, openAt + i).compare(GT, zero));
            v = v.fma(scale, shift).add(FloatVector.fromArray(S, rest, restAt + i));
            v.max(least).intoArray(out, to + i);
        }
    }

    private static void copy(float[] from, int at, Span perBias, float[] out, int to, int count) {
        FloatVector bias = FloatVector.fromArray(S, perBias.data(), perBias.at());
        for (int i = 0; i < count; i += L) {
            FloatVector.fromArray(S, from, at + i).add(bias).intoArray(out, to + i);
        }
    }
}
