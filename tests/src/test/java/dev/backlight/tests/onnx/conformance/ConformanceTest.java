package dev.backlight.tests.onnx.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.reference.ReferenceBackend;
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
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs ONNX's backend tests where Debian's libonnx-testdata is installed, or where {@code BACKLIGHT_ONNX_TESTS} names their
 * folder. {@code -Dbacklight.ledger=write} notes the verdicts of a run in the ledger.
 */
class ConformanceTest {
    private static final String INSTALLED = "/usr/share/libonnx-testdata/data";
    private static final Path LEDGER = Path.of("src/test/resources/dev/backlight/tests/onnx/conformance/ledger.tsv");

    @ParameterizedTest
    @CsvSource({
        "node, best", "pytorch-converted, best", "pytorch-operator, best", "simple, best",
        "node, reference", "pytorch-converted, reference", "pytorch-operator, reference", "simple, reference"
    })
    void everyTestEndsAsTheLedgerSays(String suite, String device) throws IOException {
        Backend backend = device.equals("best") ? Backends.best(2) : new ReferenceBackend();
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
        judge(suite + " on " + backend.name(), outcomes);
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
