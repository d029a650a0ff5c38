package dev.backlight.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.backlight.attribution.method.Attributor;
import dev.backlight.attribution.method.Baseline;
import dev.backlight.attribution.method.InputGradient;
import dev.backlight.attribution.method.IntegratedGradients;
import dev.backlight.attribution.method.Quadrature;
import dev.backlight.attribution.method.Question;
import dev.backlight.attribution.rule.FixedRule;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Our maps of one-layer models against those that iNNvestigate ships as references, within the tolerance that it uses
 * itself: every {@code RULE.npz} in {@code innvestigate-layer} under the folder {@code -Dbacklight.oracles}.
 */
class InnvestigateOracleTest {
    private static final double RELATIVE = 1e-2;
    private static final double ABSOLUTE = 1e-8;
    private static final String ATTRIBUTION = ".attribution";

    private final Backend backend = new ReferenceBackend();

    /**
     * A method of ours for a rule of iNNvestigate's.
     *
     * @param timesOutput whether it seeds the backward pass with the output's value rather than with 1; under our rules,
     *     which are positively homogeneous, that multiplies the map
     */
    private record Match(Attributor method, boolean timesOutput) {}

    @TestFactory
    Stream<DynamicTest> agreesWithInnvestigate() throws IOException {
        Path folder = Path.of(System.getProperty("backlight.oracles", "../shared/oracles"), "innvestigate-layer");
        if (!Files.isDirectory(folder)) {
            skip("there is no folder " + folder + "; name its parent with -Dbacklight.oracles=DIR");
        }
        List<Path> files;
        try (Stream<Path> found = Files.list(folder)) {
            files = found.filter(file -> file.toString().endsWith(".npz"))
                    .sorted()
                    .toList();
        }
        return files.stream().flatMap(this::cases);
    }

    private Stream<DynamicTest> cases(Path file) {
        String rule = file.getFileName().toString().replace(".npz", "");
        Optional<Match> match = match(rule);
        if (match.isEmpty()) {
            return Stream.of(dynamicTest(rule, () -> skip(rule + " is not built yet")));
        }
        OracleArrays arrays = OracleArrays.read(file);
        return arrays.names().stream()
                .filter(name -> name.endsWith(ATTRIBUTION))
                .map(name -> name.substring(0, name.length() - ATTRIBUTION.length()))
                .map(model -> dynamicTest(rule + " " + model, () -> check(match.get(), model, arrays)));
    }

    private static Optional<Match> match(String rule) {
        return Optional.ofNullable(
                switch (rule) {
                    case "Gradient" -> new Match(InputGradient.saliency(), false);
                    case "InputTimesGradient" -> new Match(InputGradient.multiplied(), false);
                    case "GuidedBackprop" -> new Match(InputGradient.under(FixedRule.GUIDED), true);
                    case "Deconvnet" -> new Match(InputGradient.under(FixedRule.DECONVNET), true);
                    // its quadrature: the mean over 64 points with both ends, of which the first, where rectifiers are
                    // shut and maxima tie, shows in the numbers; Gauss–Legendre differs from that by up to 1/64
                    case "IntegratedGradients" ->
                        new Match(new IntegratedGradients(64, Quadrature.EVEN, Baseline.ZERO, 512), false);
                    default -> null;
                });
    }

    private void check(Match match, String model, OracleArrays arrays) {
        Layer network = KerasLayer.build(model, arrays, backend).orElse(null);
        if (network == null) {
            skip("models of the kind " + model + " are not built here");
            return;
        }
        Tensor input = Ops.transpose(arrays.tensor("input", backend), 0, 3, 1, 2);
        NamedArray output = arrays.get(model + ".output");
        assertArrayEquals(output.doubles(), network.apply(input).toDoubles(), 1e-5, "output");
        int[] largest = largest(output);
        Tensor map =
                match.method().attribute(new Question(network, input, largest)).values();
        if (match.timesOutput()) {
            map = Ops.mul(map, values(output, largest));
        }
        compare(arrays.get(model + ATTRIBUTION), Ops.transpose(map, 0, 2, 3, 1));
    }

    private static int[] largest(NamedArray output) {
        int classes = output.shape().size(1);
        int[] largest = new int[output.shape().size(0)];
        for (int i = 0; i < output.size(); i++) {
            int n = i / classes;
            if (output.doubleAt(i) > output.doubleAt(n * classes + largest[n])) {
                largest[n] = i % classes;
            }
        }
        return largest;
    }

    private Tensor values(NamedArray output, int[] indices) {
        double[] values = new double[indices.length];
        for (int n = 0; n < values.length; n++) {
            values[n] = output.doubleAt(n * output.shape().size(1) + indices[n]);
        }
        return Tensor.of(backend, Shape.of(values.length, 1, 1, 1), values);
    }

    private static void compare(NamedArray expected, Tensor found) {
        assertEquals(expected.shape(), found.shape());
        double[] values = found.toDoubles();
        for (int i = 0; i < values.length; i++) {
            double wanted = expected.doubleAt(i);
            if (!(Math.abs(values[i] - wanted) <= ABSOLUTE + RELATIVE * Math.abs(wanted))) {
                fail("element " + i + " of " + expected + ": expected " + wanted + ", but found " + values[i]);
            }
        }
    }

    private static void skip(String reason) {
        System.out.println("skipped: " + reason);
        Assumptions.abort(reason);
    }
}
