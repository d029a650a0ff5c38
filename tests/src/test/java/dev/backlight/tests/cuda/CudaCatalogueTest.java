package dev.backlight.tests.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.check.GradientCheck;
import dev.backlight.engine.check.OpSample;
import dev.backlight.engine.shape.DType;
import dev.backlight.kernels.sweep.FarFromZero;
import dev.backlight.kernels.sweep.Replays;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every op of the catalogue on the CUDA backend. */
class CudaCatalogueTest {
    private static final String SAMPLES = "dev.backlight.engine.check.OpCatalogue#samples";

    private static Backend cuda = new ReferenceBackend();

    @BeforeAll
    static void open() {
        cuda = Devices.cuda();
    }

    /**
     * Results and derivatives of order 1 and 2, by the largest number of each array. Second derivatives of normalisations are
     * small differences of large numbers: in F32 they keep four digits, on any backend.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource(SAMPLES)
    void agreesWithTheReference(OpSample sample) {
        for (DType type : List.of(DType.F32, DType.F64)) {
            double tolerance = type == DType.F64 ? 1e-12 : 2e-4;
            try (Scope scope = Scope.open()) {
                List<Tensor> expected = Replays.derivatives(sample, sample.on(new ReferenceBackend(), type));
                List<Tensor> found = Replays.derivatives(sample, sample.on(cuda, type));
                for (int i = 0; i < expected.size(); i++) {
                    compare(expected.get(i).toDoubles(), found.get(i).toDoubles(), tolerance, type + ", result " + i);
                }
            }
        }
    }

    private static void compare(double[] expected, double[] found, double tolerance, String what) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], tolerance * Math.max(1, largest), what + " at " + i);
        }
    }

    @Test
    void normalisationKeepsTheDigitsThatTheInputHas() {
        FarFromZero.check(cuda);
    }

    @Test
    void gradientsOfNormalisationFarFromZero() {
        FarFromZero.checkGradients(cuda);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(SAMPLES)
    void firstGradients(OpSample sample) {
        try (Scope scope = Scope.open()) {
            GradientCheck.first(sample, cuda);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(SAMPLES)
    void secondGradients(OpSample sample) {
        try (Scope scope = Scope.open()) {
            GradientCheck.second(sample, cuda);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(SAMPLES)
    void graphsReplayToTheSameBits(OpSample sample) {
        Replays.check(sample, cuda);
    }
}
