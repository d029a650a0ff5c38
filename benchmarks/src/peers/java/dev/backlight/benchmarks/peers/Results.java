package dev.backlight.benchmarks.peers;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Named results. */
final class Results {
    private Results() {}

    static SequencedMap<String, float[]> of(String name, float[] values) {
        SequencedMap<String, float[]> results = new LinkedHashMap<>();
        results.put(name, values);
        return results;
    }
}
