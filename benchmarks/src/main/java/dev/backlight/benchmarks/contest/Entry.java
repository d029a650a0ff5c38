package dev.backlight.benchmarks.contest;

import java.util.SequencedMap;

/** A contestant that is ready to do one job, again and again. */
public interface Entry extends AutoCloseable {
    /** Does the job once, to its end. */
    void run();

    /** Does the job once and gives what came out, by name, row-major. */
    SequencedMap<String, float[]> results();

    @Override
    void close();
}
