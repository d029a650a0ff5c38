package dev.backlight.attribution.method;

import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;

/** Where on [0, 1] an integrand is evaluated, and with which weights the values are summed. */
public enum Quadrature {
    /** Gauss–Legendre: n points are exact for polynomials of degree 2n − 1. */
    GAUSS_LEGENDRE {
        @Override
        Points rule(int n) {
            return gaussLegendre(n);
        }
    },
    /** The plain mean over n evenly spaced points with both ends: what iNNvestigate does; kept to compare with it. */
    EVEN {
        @Override
        Points rule(int n) {
            double[] nodes = new double[n];
            double[] weights = new double[n];
            for (int i = 0; i < n; i++) {
                nodes[i] = n == 1 ? 0 : (double) i / (n - 1);
            }
            Arrays.fill(weights, 1.0 / n);
            return new Points(nodes, weights);
        }
    };

    private static final double CONVERGED = 1e-15;

    /** Nodes in rising order, and their weights, which sum to 1. */
    public record Points(double[] nodes, double[] weights) {}

    /**
     * The rule with n points.
     *
     * @throws ShapeException when n is not positive
     */
    public Points points(int n) {
        if (n < 1) {
            throw new ShapeException("a quadrature needs at least one point, but found " + n);
        }
        return rule(n);
    }

    abstract Points rule(int n);

    /** Newton's method on the Legendre polynomial from Tricomi's estimates of its roots, moved from [−1, 1] to [0, 1]. */
    private static Points gaussLegendre(int n) {
        double[] nodes = new double[n];
        double[] weights = new double[n];
        for (int i = 0; i < n; i++) {
            double x = Math.cos(Math.PI * (i + 0.75) / (n + 0.5));
            double[] polynomial = legendre(n, x);
            for (double step = 1; Math.abs(step) > CONVERGED; ) {
                step = polynomial[0] / polynomial[1];
                x -= step;
                polynomial = legendre(n, x);
            }
            nodes[n - 1 - i] = (1 + x) / 2;
            weights[n - 1 - i] = 1 / ((1 - x * x) * polynomial[1] * polynomial[1]);
        }
        return new Points(nodes, weights);
    }

    /** The Legendre polynomial of degree n at x, by Bonnet's recursion, and its derivative. */
    private static double[] legendre(int n, double x) {
        double before = 1;
        double value = x;
        for (int k = 2; k <= n; k++) {
            double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
            before = value;
            value = next;
        }
        return new double[] {value, n * (x * value - before) / (x * x - 1)};
    }
}
