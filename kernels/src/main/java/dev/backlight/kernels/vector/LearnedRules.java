package dev.backlight.kernels.vector;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.backlight.engine.backend.DeviceArray;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The learned propagation rule and its first two derivatives, each one pass over memory; formulas at
 * {@code Primitive.LearnedRule}. Written with A, B, C for the sigmoids of a, b, c, primes for their derivatives, p and n for
 * the positive and negative part of u, and G for the gate.
 */
final class LearnedRules {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

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
            switch (order) {
                case 0 -> value(o, from, to);
                case 1 -> first(o, from, to);
                case 2 -> second(o, from, to);
                default -> throw new IllegalArgumentException("the learned rule has orders 0, 1 and 2, not " + order);
            }
        });
    }

    /** {@code v} and {@code w} are read by the orders that have them. */
    private record Operands(int n, Span x, Span u, Span theta, Span v, Span w, Span out) {
        FloatVector theta(int which, int i, VectorMask<Float> mask) {
            return VectorMath.sigmoid(load(theta, which * n + i, mask));
        }
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
    private static void value(Operands o, int from, int to) {
        for (int i = from; i < to; i += L) {
            VectorMask<Float> mask = S.indexInRange(i, to);
            FloatVector u = load(o.u, i, mask);
            VectorMask<Float> open = load(o.x, i, mask).compare(GT, 0);
            FloatVector scale = o.theta(1, i, mask).blend(o.theta(0, i, mask), u.compare(GT, 0));
            FloatVector pass = u.mul(scale);
            store(o.theta(2, i, mask).mul(pass).blend(pass, open), o.out, i, mask);
        }
    }

    private static void first(Operands o, int from, int to) {
        for (int i = from; i < to; i += L) {
            VectorMask<Float> mask = S.indexInRange(i, to);
            FloatVector u = load(o.u, i, mask);
            VectorMask<Float> open = load(o.x, i, mask).compare(GT, 0);
            VectorMask<Float> positive = u.compare(GT, 0);
            VectorMask<Float> negative = u.compare(LT, 0);
            FloatVector a = o.theta(0, i, mask), b = o.theta(1, i, mask), c = o.theta(2, i, mask);
            FloatVector v = load(o.v, i, mask);
            FloatVector gated = v.mul(c).blend(v, open);
            FloatVector scale = where(negative, b).blend(a, positive);
            FloatVector gatedU = gated.mul(u);
            store(gated.mul(scale), o.out, i, mask);
            store(where(positive, gatedU.mul(slope(a))), o.out, o.n + i, mask);
            store(where(negative, gatedU.mul(slope(b))), o.out, 2 * o.n + i, mask);
            FloatVector closed = v.mul(slope(c)).mul(u.mul(scale));
            store(closed.blend(0, open), o.out, 3 * o.n + i, mask);
        }
    }

    /**
     * With T = wᵤ·(slope of the pass) + wₐ·A′·p − w_b·B′·n, the contraction is v·(G·T + w_c·C′·(A·p − B·n)); its derivatives are
     * the five outputs.
     */
    private static void second(Operands o, int from, int to) {
        for (int i = from; i < to; i += L) {
            VectorMask<Float> mask = S.indexInRange(i, to);
            secondAt(o, i, mask);
        }
    }

    private static void secondAt(Operands o, int i, VectorMask<Float> mask) {
        int n = o.n;
        FloatVector u = load(o.u, i, mask);
        VectorMask<Float> open = load(o.x, i, mask).compare(GT, 0);
        VectorMask<Float> positive = u.compare(GT, 0);
        VectorMask<Float> negative = u.compare(LT, 0);
        FloatVector one = FloatVector.broadcast(S, 1);
        FloatVector c = o.theta(2, i, mask);
        FloatVector gate = c.blend(1, open);
        FloatVector cSlope = slope(c).blend(0, open);
        // Only the logit of u's own sign takes part: s = A or B, with the weight w of that logit.
        FloatVector s = o.theta(1, i, mask).blend(o.theta(0, i, mask), positive);
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
