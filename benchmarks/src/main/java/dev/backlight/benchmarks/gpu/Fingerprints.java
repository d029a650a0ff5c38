package dev.backlight.benchmarks.gpu;

import dev.backlight.benchmarks.contest.Backlight;
import dev.backlight.benchmarks.contest.Entry;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** What jobs compute, bit for bit, in a word each: two runs must give the same. */
final class Fingerprints {
    private Fingerprints() {}

    static SequencedMap<String, String> of(Backend backend, Iterable<Job> jobs) {
        TreeMap<String, String> words = new TreeMap<>();
        for (Job job : jobs) {
            for (Backlight.Mode mode : new Backlight.Mode[] {Backlight.Mode.EAGER, Backlight.Mode.REPLAYED}) {
                try (Scope scope = Scope.open();
                        Entry entry = new Backlight(mode).enter(job, backend)) {
                    // The third run is a graph's second: what it leaves behind must not reach the next.
                    entry.run();
                    entry.run();
                    words.put(job.key() + " " + mode, word(entry.results()));
                }
            }
        }
        return words;
    }

    private static String word(Map<String, float[]> results) {
        CRC32 sum = new CRC32();
        results.forEach((name, values) -> {
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
            bytes.asFloatBuffer().put(values);
            sum.update(bytes);
        });
        return Long.toHexString(sum.getValue());
    }
}
