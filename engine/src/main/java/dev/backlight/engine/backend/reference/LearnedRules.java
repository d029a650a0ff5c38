package dev.backlight.engine.backend.reference;

/** The learned propagation rule and its first two derivatives, element by element; formulas in {@code Primitive}. */
final class LearnedRules {
    private LearnedRules() {}

    static void compute(int order, Values[] in, Values out) {
        int n = in[0].data().length;
        for (int i = 0; i < n; i++) {
            Element e = Element.at(in, i, n);
            switch (order) {
                case 0 -> out.data()[i] = e.gate * e.pass;
                case 1 -> first(e, in[3].data()[i], i, n, out.data());
                case 2 -> second(e, in[3].data()[i], in[4].data(), i, n, out.data());
                default -> throw new IllegalArgumentException("the learned rule has orders 0, 1 and 2, not " + order);
            }
        }
    }

    /** {@code slope} = ∂pass/∂u; the primed sigmoids are their derivatives. */
    private record Element(
            double positive,
            double negative,
            double gate,
            double pass,
            double slope,
            double a,
            double b,
            double c,
            double closed) {
        static Element at(Values[] in, int i, int n) {
            double x = in[0].data()[i];
            double u = in[1].data()[i];
            double[] theta = in[2].data();
            double a = Elementwise.sigmoid(theta[i]);
            double b = Elementwise.sigmoid(theta[n + i]);
            double c = Elementwise.sigmoid(theta[2 * n + i]);
            double positive = Math.max(u, 0);
            double negative = Math.max(-u, 0);
            double closed = x > 0 ? 0 : 1;
            double gate = closed == 0 ? 1 : c;
            double slope = u > 0 ? a : u < 0 ? b : 0;
            return new Element(positive, negative, gate, a * positive - b * negative, slope, a, b, c, closed);
        }

        double aPrime() {
            return a * (1 - a);
        }

        double bPrime() {
            return b * (1 - b);
        }

        double cPrime() {
            return closed * c * (1 - c);
        }
    }

    private static void first(Element e, double v, int i, int n, double[] out) {
        out[i] = v * e.gate * e.slope;
        out[n + i] = v * e.gate * e.aPrime() * e.positive;
        out[2 * n + i] = -v * e.gate * e.bPrime() * e.negative;
        out[3 * n + i] = v * e.cPrime() * e.pass;
    }

    /** With w = (wᵤ, wₐ, w_b, w_c) against the four outputs of {@link #first}. */
    private static void second(Element e, double v, double[] w, int i, int n, double[] out) {
        double wu = w[i];
        double wa = w[n + i];
        double wb = w[2 * n + i];
        double wc = w[3 * n + i];
        double isPositive = e.positive > 0 ? 1 : 0;
        double isNegative = e.negative > 0 ? 1 : 0;
        double a2 = e.aPrime() * (1 - 2 * e.a);
        double b2 = e.bPrime() * (1 - 2 * e.b);
        double c2 = e.cPrime() * (1 - 2 * e.c);
        out[i] = v
                * (e.gate * (wa * e.aPrime() * isPositive + wb * e.bPrime() * isNegative) + wc * e.cPrime() * e.slope);
        out[n + i] = v
                * (e.gate * (wu * isPositive * e.aPrime() + wa * a2 * e.positive)
                        + wc * e.cPrime() * e.aPrime() * e.positive);
        out[2 * n + i] = v
                * (e.gate * (wu * isNegative * e.bPrime() - wb * b2 * e.negative)
                        - wc * e.cPrime() * e.bPrime() * e.negative);
        out[3 * n + i] = v
                * (e.cPrime() * (wu * e.slope + wa * e.aPrime() * e.positive - wb * e.bPrime() * e.negative)
                        + wc * c2 * e.pass);
        out[4 * n + i] = e.gate * (wu * e.slope + wa * e.aPrime() * e.positive - wb * e.bPrime() * e.negative)
                + wc * e.cPrime() * e.pass;
    }
}
