package dev.backlight.attribution.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.shape.ShapeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuadratureTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 50, 129})
    void gaussLegendreIsExactForPolynomials(int n) {
        Quadrature.Points points = Quadrature.GAUSS_LEGENDRE.points(n);
        for (int degree = 0; degree < 2 * n; degree++) {
            double integral = 0;
            for (int i = 0; i < n; i++) {
                integral += points.weights()[i] * Math.pow(points.nodes()[i], degree);
            }
            assertEquals(1.0 / (degree + 1), integral, 1e-13, "degree " + degree);
        }
    }

    @Test
    void nodesRise() {
        double[] nodes = Quadrature.GAUSS_LEGENDRE.points(50).nodes();
        for (int i = 1; i < nodes.length; i++) {
            assertTrue(nodes[i] > nodes[i - 1]);
        }
        assertTrue(nodes[0] > 0 && nodes[49] < 1);
    }

    @Test
    void evenPointsIncludeBothEnds() {
        Quadrature.Points points = Quadrature.EVEN.points(3);
        assertArrayEquals(new double[] {0, 0.5, 1}, points.nodes());
        assertArrayEquals(new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, points.weights());
    }

    @Test
    void noPointsAreRefused() {
        assertThrows(ShapeException.class, () -> Quadrature.GAUSS_LEGENDRE.points(0));
    }
}
