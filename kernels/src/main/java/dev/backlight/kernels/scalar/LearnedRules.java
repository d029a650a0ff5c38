package dev.backlight.kernels.scalar;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;
import java.util.List;

/**
 * The learned propagation rule and its first two derivatives, element by element; formulas at {@link Primitive.LearnedRule}. Of
 * the logits a and b only that of u's own sign takes part: s is its sigmoid, c the gate's.
 */
final class LearnedRules {
    private final Parallel parallel;

    LearnedRules(Parallel parallel) {
        this.parallel = parallel;
    }

    void compute(int order, List<DeviceArray> in, DeviceArray out) {
        if (order < 0 || order > 2) {
            throw new IllegalArgumentException("the learned rule has orders 0, 1 and 2, not " + order);
        }
        int n = (int) in.getFirst().shape().elements();
        Chunks.forEach(parallel, n, Chunks.SIZE / 8, (from, to) -> {
            for (int i = from; i < to; i++) {
                Element e = Element.at(in, i, n);
                switch (order) {
                    case 0 -> write(out, i, e.gate * e.s * e.u);
                    case 1 -> first(e, i, n, read(in.get(3), i), out);
                    default -> second(e, i, n, in.get(3), in.get(4), out);
                }
            }
        });
    }

    private static double read(DeviceArray array, int i) {
        return floats(array)[offset(array) + i];
    }

    private static void write(DeviceArray array, int i, double value) {
        floats(array)[offset(array) + i] = (float) value;
    }

    /** {@code gate} is c or 1, {@code closed} 1 where it is c; {@code s} is 0 where u is. */
    private record Element(double u, double s, double gate, double closed) {
        static Element at(List<DeviceArray> in, int i, int n) {
            double u = read(in.get(1), i);
            boolean open = read(in.get(0), i) > 0;
            double s = u == 0 ? 0 : Loops.sigmoid(read(in.get(2), u > 0 ? i : n + i));
            double gate = open ? 1 : Loops.sigmoid(read(in.get(2), 2 * n + i));
            return new Element(u, s, gate, open ? 0 : 1);
        }

        double sSlope() {
            return s * (1 - s);
        }

        double cSlope() {
            return closed * gate * (1 - gate);
        }
    }

    private static void first(Element e, int i, int n, double v, DeviceArray out) {
        double ofS = v * e.gate * e.sSlope() * e.u;
        write(out, i, v * e.gate * e.s);
        write(out, n + i, e.u > 0 ? ofS : 0);
        write(out, 2 * n + i, e.u < 0 ? ofS : 0);
        write(out, 3 * n + i, v * e.cSlope() * e.s * e.u);
    }

    /** The first derivatives' contraction with w is v·(gate·T + w_c·c′·s·u) with T = wᵤ·s + wₛ·s′·u; this is its gradient. */
    private static void second(Element e, int i, int n, DeviceArray v, DeviceArray w, DeviceArray out) {
        double wu = read(w, i);
        double ws = read(w, e.u > 0 ? n + i : 2 * n + i);
        double wc = read(w, 3 * n + i) * e.cSlope();
        double t = wu * e.s + ws * e.sSlope() * e.u;
        double sCurve = e.sSlope() * (1 - 2 * e.s);
        double upstream = read(v, i);
        double ofS = upstream * (e.gate * (wu * e.sSlope() + ws * sCurve * e.u) + wc * e.sSlope() * e.u);
        write(out, i, upstream * (e.gate * ws * e.sSlope() + wc * e.s));
        write(out, n + i, e.u > 0 ? ofS : 0);
        write(out, 2 * n + i, e.u < 0 ? ofS : 0);
        write(out, 3 * n + i, upstream * (e.cSlope() * t + wc * (1 - 2 * e.gate) * e.s * e.u));
        write(out, 4 * n + i, e.gate * t + wc * e.s * e.u);
    }
}
