package dev.backlight.tests.onnx.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs ONNX's backend tests where Debian's libonnx-testdata is installed, or where {@code BACKLIGHT_ONNX_TESTS} names their
 * folder. {@code -Dbacklight.ledger=write} notes the verdicts of a run in the ledger.
 */
class ConformanceTest {
    private static final String INSTALLED = "/usr/share/libonnx-testdata/data";
    private static final Path LEDGER = Path.of("src/test/resources/dev/backlight/tests/onnx/conformance/ledger.tsv");

    private final Backend backend = Backends.best(2);

    @ParameterizedTest
    @ValueSource(strings = {"node", "pytorch-converted", "pytorch-operator", "simple"})
    void everyTestEndsAsTheLedgerSays(String suite) throws IOException {
        Path folder = Path.of(Optional.ofNullable(System.getenv("BACKLIGHT_ONNX_TESTS"))
                        .orElse(INSTALLED))
                .resolve(suite);
        Assumptions.assumeTrue(
                Files.isDirectory(folder),
                () -> "skipped: " + folder
                        + " is absent (install Debian's libonnx-testdata, or set BACKLIGHT_ONNX_TESTS)");
        Map<String, Outcome> outcomes = new TreeMap<>();
        try (Stream<Path> tests = Files.list(folder)) {
            for (Path test : tests.sorted().toList()) {
                outcomes.put(suite + "/" + test.getFileName(), new ConformanceCase(test, backend).run());
            }
        }
        judge(suite, outcomes);
    }

    private void judge(String suite, Map<String, Outcome> outcomes) throws IOException {
        Ledger ledger = Ledger.read(LEDGER);
        if (System.getProperty("backlight.ledger", "").equals("write")) {
            ledger.write(outcomes);
            ledger = Ledger.read(LEDGER);
        }
        List<String> complaints = ledger.complaints(outcomes);
        long passed = outcomes.values().stream().filter(Outcome::isPassed).count();
        System.out.printf(
                "ONNX %s: %d passed, %d refused or excluded with reasons, %d failed%n",
                suite, passed, outcomes.size() - passed - complaints.size(), complaints.size());
        assertTrue(complaints.isEmpty(), () -> String.join("\n", complaints));
    }
}
