package dev.backlight.tests.onnx.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The verdicts that hold, a line per test: {@code suite/test}, then {@code passed}, or {@code refused} with the program's own
 * sentence, or {@code excluded} with a reason written by hand why it may give something else.
 */
final class Ledger {
    private static final String PASSED = "passed";
    private static final String REFUSED = "refused";
    private static final String EXCLUDED = "excluded";

    private final Path file;
    private final Map<String, String> verdicts = new TreeMap<>();

    private Ledger(Path file) {
        this.file = file;
    }

    static Ledger read(Path file) throws IOException {
        Ledger ledger = new Ledger(file);
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                String[] parts = line.split("\t", 2);
                ledger.verdicts.put(parts[0], parts[1]);
            }
        }
        return ledger;
    }

    /** What has changed for the worse, or for the better without being noted; a line per test. */
    List<String> complaints(Map<String, Outcome> outcomes) {
        List<String> complaints = new ArrayList<>();
        outcomes.forEach((test, outcome) -> {
            String verdict = verdicts.getOrDefault(test, "not in the ledger");
            boolean holds = switch (outcome.kind()) {
                case PASSED -> verdict.equals(PASSED);
                case REFUSED -> verdict.startsWith(REFUSED) || verdict.startsWith(EXCLUDED);
                case WRONG -> verdict.startsWith(EXCLUDED);
            };
            if (!holds) {
                complaints.add(test + " is noted as " + verdict + ", but found " + outcome);
            }
        });
        return complaints;
    }

    /** Notes refusals with their own sentence; what is wrong needs a reason written by hand, which is kept. */
    void write(Map<String, Outcome> outcomes) throws IOException {
        Map<String, String> noted = new LinkedHashMap<>(verdicts);
        outcomes.forEach((test, outcome) -> {
            switch (outcome.kind()) {
                case PASSED -> noted.put(test, PASSED);
                case REFUSED -> noted.put(test, REFUSED + "\t" + outcome.reason());
                case WRONG -> {
                    if (!noted.getOrDefault(test, "").startsWith(EXCLUDED)) {
                        noted.remove(test);
                    }
                }
            }
        });
        Files.write(
                file,
                new TreeMap<>(noted)
                        .entrySet().stream()
                                .map(entry -> entry.getKey() + "\t" + entry.getValue())
                                .toList());
    }
}
