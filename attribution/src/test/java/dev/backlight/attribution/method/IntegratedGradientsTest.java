package dev.backlight.attribution.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Relu;
import dev.backlight.engine.op.Tanh;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IntegratedGradientsTest {
    private static final int[] TARGETS = {2, 0, 3};

    private final Tensor images = Networks.images(3, 11);

    /** Max-pools switch along the path, so the integrand has jumps and the error falls with the number of points. */
    @ParameterizedTest
    @EnumSource(Baseline.class)
    void sumsToTheDifferenceOfTheLogits(Baseline baseline) {
        Question question = new Question(Networks.convolutional(new Tanh()), images, TARGETS);
        var method = new IntegratedGradients(400, Quadrature.GAUSS_LEGENDRE, baseline, 200);
        double[] sums = sums(method.attribute(question));
        double[] at = picked(question);
        double[] before = picked(question.about(baseline.of(images)));
        for (int n = 0; n < TARGETS.length; n++) {
            assertEquals(at[n] - before[n], sums[n], 2e-3 * Math.max(1, Math.abs(at[n] - before[n])));
        }
    }

    @Test
    void theResultDoesNotDependOnTheBatchSize() {
        Question question = new Question(Networks.convolutional(new Relu()), images, TARGETS);
        double[] small = values(question, 1);
        assertArrayEquals(small, values(question, 9), 1e-12);
        assertArrayEquals(small, values(question, 1000), 1e-12);
    }

    @Test
    void progressReachesItsEndAndScopesKeepOnlyTheResult() {
        Question question = new Question(Networks.convolutional(new Relu()), images, TARGETS);
        List<Long> done = new ArrayList<>();
        try (Scope scope = Scope.open()) {
            new IntegratedGradients(10, Quadrature.GAUSS_LEGENDRE, Baseline.ZERO, 12)
                    .attribute(question, (now, total) -> done.add(now * 100 + total));
            assertEquals(1, scope.size());
        }
        assertEquals(List.of(1030L, 2030L, 3030L), done);
    }

    private static double[] values(Question question, int batchSize) {
        return new IntegratedGradients(10, Quadrature.GAUSS_LEGENDRE, Baseline.ZERO, batchSize)
                .attribute(question)
                .values()
                .toDoubles();
    }

    private static double[] picked(Question question) {
        return Targets.pick(question.network().apply(question.input()), question.targets())
                .toDoubles();
    }

    private static double[] sums(Attribution attribution) {
        double[] values = attribution.values().toDoubles();
        double[] sums = new double[attribution.values().shape().size(0)];
        for (int i = 0; i < values.length; i++) {
            sums[i / (values.length / sums.length)] += values[i];
        }
        return sums;
    }
}
