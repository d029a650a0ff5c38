package dev.backlight.kernels.vector;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The learned propagation rule and its first two derivatives, each one pass over memory; formulas at
 * {@code Primitive.LearnedRule}. Written with A, B, C for the sigmoids of a, b, c, primes for their derivatives, p and n for
 * the positive and negative part of u, and G for the gate. Of a and b only the logit of u's own sign takes part; it is chosen
 * before its sigmoid is taken. Sigmoids are computed block by block, in a loop of their own: with three of them inlined into
 * one loop C2 gives up keeping vectors in registers.
 */
final class LearnedRules {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    /** Elements whose sigmoids are held in the first-level cache. */
    private static final int BLOCK = 1024;

    private static final Primitive.Unary SIGMOID = new Primitive.Unary(UnaryFunction.SIGMOID);

    private final Parallel parallel;

    LearnedRules(Parallel parallel) {
        this.parallel = parallel;
    }

    void compute(int order, List<DeviceArray> in, DeviceArray out) {
        int n = (int) in.get(0).shape().elements();
        Operands o = new Operands(
                n,
                Span.of(in.get(0)),
                Span.of(in.get(1)),
                Span.of(in.get(2)),
                Span.of(in.get(order > 0 ? 3 : 0)),
                Span.of(in.get(order > 1 ? 4 : 0)),
                Span.of(out));
        Chunks.forEach(parallel, n, Chunks.SIZE / 4, (from, to) -> {
            float[] sigmoids = Scratch.PANELS.floats(2 * BLOCK);
            for (int first = from; first < to; first += BLOCK) {
                int end = Math.min(to, first + BLOCK);
                chosenSigmoids(o, first, end, sigmoids);
                gateSigmoids(o, first, end, sigmoids);
                combine(order, o, first, end, sigmoids);
            }
        });
    }

    private static void combine(int order, Operands o, int from, int to, float[] sigmoids) {
        switch (order) {
            case 0 -> value(o, from, to, sigmoids);
            case 1 -> first(o, from, to, sigmoids);
            case 2 -> second(o, from, to, sigmoids);
            default -> throw new IllegalArgumentException("the learned rule has orders 0, 1 and 2, not " + order);
        }
    }

    /** {@code v} and {@code w} are read by the orders that have them. */
    private record Operands(int n, Span x, Span u, Span theta, Span v, Span w, Span out) {}

    /** s = A where u > 0, else B. */
    private static void chosenSigmoids(Operands o, int from, int to, float[] sigmoids) {
        for (int i = from; i < to; i += L) {
            VectorMask<Float> mask = S.indexInRange(i, to);
            VectorMask<Float> positive = load(o.u, i, mask).compare(GT, 0);
            load(o.theta, o.n + i, mask).blend(load(o.theta, i, mask), positive).intoArray(sigmoids, i - from);
        }
        UnaryLoops.run(SIGMOID, sigmoids, 0, sigmoids, 0, Math.ceilDiv(to - from, L) * L);
    }

    /** C, in the second half of the block. */
    private static void gateSigmoids(Operands o, int from, int to, float[] sigmoids) {
        for (int i = from; i < to; i += L) {
            load(o.theta, 2 * o.n + i, S.indexInRange(i, to)).intoArray(sigmoids, BLOCK + i - from);
        }
        UnaryLoops.run(SIGMOID, sigmoids, BLOCK, sigmoids, BLOCK, Math.ceilDiv(to - from, L) * L);
    }

    private static FloatVector load(Span span, int i, VectorMask<Float> mask) {
        return FloatVector.fromArray(S, span.data(), span.at() + i, mask);
    }

    private static void store(FloatVector value, Span span, int i, VectorMask<Float> mask) {
        value.intoArray(span.data(), span.at() + i, mask);
    }

    /** σ′ = σ·(1−σ). */
    private static FloatVector slope(FloatVector sigmoid) {
        return sigmoid.mul(FloatVector.broadcast(S, 1).sub(sigmoid));
    }

    private static FloatVector where(VectorMask<Float> mask, FloatVector value) {
        return FloatVector.zero(S).blend(value, mask);
    }

    /** G·(A·p − B·n). */
    private static void value(Operands o, int from, int to, float[] sigmoids) {
        for (int i = from; i < to; i += L) {
            VectorMask<Float> mask = S.indexInRange(i, to);
            FloatVector s = FloatVector.fromArray(S, sigmoids, i - from);
            FloatVector c = FloatVector.fromArray(S, sigmoids, BLOCK + i - from);
            VectorMask<Float> open = load(o.x, i, mask).compare(GT, 0);
            FloatVector pass = load(o.u, i, mask).mul(s);
            store(c.mul(pass).blend(pass, open), o.out, i, mask);
        }
    }

    private static void first(Operands o, int from, int to, float[] sigmoids) {
        for (int i = from; i < to; i += L) {
            VectorMask<Float> mask = S.indexInRange(i, to);
            FloatVector s = FloatVector.fromArray(S, sigmoids, i - from);
            FloatVector c = FloatVector.fromArray(S, sigmoids, BLOCK + i - from);
            FloatVector u = load(o.u, i, mask);
            FloatVector v = load(o.v, i, mask);
            VectorMask<Float> open = load(o.x, i, mask).compare(GT, 0);
            VectorMask<Float> positive = u.compare(GT, 0);
            VectorMask<Float> negative = u.compare(LT, 0);
            FloatVector gated = v.mul(c).blend(v, open);
            FloatVector scale = where(positive.or(negative), s);
            FloatVector ofS = gated.mul(u).mul(slope(s));
            store(gated.mul(scale), o.out, i, mask);
            store(where(positive, ofS), o.out, o.n + i, mask);
            store(where(negative, ofS), o.out, 2 * o.n + i, mask);
            FloatVector closed = v.mul(slope(c)).mul(u.mul(scale));
            store(closed.blend(0, open), o.out, 3 * o.n + i, mask);
        }
    }

    /**
     * With T = wᵤ·(slope of the pass) + wₐ·A′·p − w_b·B′·n, the contraction is v·(G·T + w_c·C′·(A·p − B·n)); its derivatives are
     * the five outputs.
     */
    private static void second(Operands o, int from, int to, float[] sigmoids) {
        for (int i = from; i < to; i += L) {
            FloatVector s = FloatVector.fromArray(S, sigmoids, i - from);
            FloatVector c = FloatVector.fromArray(S, sigmoids, BLOCK + i - from);
            secondAt(o, i, S.indexInRange(i, to), s, c);
        }
    }

    private static void secondAt(Operands o, int i, VectorMask<Float> mask, FloatVector s, FloatVector c) {
        int n = o.n;
        FloatVector u = load(o.u, i, mask);
        VectorMask<Float> open = load(o.x, i, mask).compare(GT, 0);
        VectorMask<Float> positive = u.compare(GT, 0);
        VectorMask<Float> negative = u.compare(LT, 0);
        FloatVector one = FloatVector.broadcast(S, 1);
        FloatVector gate = c.blend(1, open);
        FloatVector cSlope = slope(c).blend(0, open);
        VectorMask<Float> either = positive.or(negative);
        FloatVector scale = where(either, s);
        FloatVector sSlope = where(either, slope(s));
        FloatVector sCurve = sSlope.mul(one.sub(s.add(s)));
        FloatVector wu = load(o.w, i, mask);
        FloatVector ws = load(o.w, 2 * n + i, mask).blend(load(o.w, n + i, mask), positive);
        FloatVector wc = load(o.w, 3 * n + i, mask);
        FloatVector v = load(o.v, i, mask);
        FloatVector pass = u.mul(scale);
        FloatVector t = wu.mul(scale).add(ws.mul(sSlope).mul(u));
        FloatVector wcSlope = wc.mul(cSlope);
        FloatVector ofU = v.mul(gate.mul(ws.mul(sSlope)).add(wcSlope.mul(scale)));
        FloatVector ofS = v.mul(gate.mul(wu.mul(sSlope).add(ws.mul(sCurve).mul(u)))
                .add(wcSlope.mul(sSlope).mul(u)));
        FloatVector cCurve = cSlope.mul(one.sub(c.add(c)));
        FloatVector ofC = v.mul(cSlope.mul(t).add(wc.mul(cCurve).mul(pass)));
        store(ofU, o.out, i, mask);
        store(where(positive, ofS), o.out, n + i, mask);
        store(where(negative, ofS), o.out, 2 * n + i, mask);
        store(ofC, o.out, 3 * n + i, mask);
        store(gate.mul(t).add(wcSlope.mul(pass)), o.out, 4 * n + i, mask);
    }
}
