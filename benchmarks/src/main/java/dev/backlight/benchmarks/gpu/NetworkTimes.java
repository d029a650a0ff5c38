package dev.backlight.benchmarks.gpu;

import dev.backlight.benchmarks.contest.Backlight;
import dev.backlight.benchmarks.contest.Entry;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.DeviceMemoryException;
import java.util.Arrays;

/** Runs jobs on networks by the host's clock, as a user waits for them. */
final class NetworkTimes {
    private static final int WARM_UP = 4;
    private static final int ROUNDS = 11;

    private NetworkTimes() {}

    /** The median of several rounds, each waited for. */
    static NetworkTime of(Backend backend, Job job) {
        backend.pool().trim();
        backend.pool().resetPeak();
        try (Scope scope = Scope.open();
                Entry entry = new Backlight(Backlight.Mode.REPLAYED).enter(job, backend)) {
            double[] times = new double[ROUNDS];
            for (int i = -WARM_UP; i < ROUNDS; i++) {
                long start = System.nanoTime();
                entry.run();
                backend.synchronize();
                if (i >= 0) {
                    times[i] = 1e-6 * (System.nanoTime() - start);
                }
            }
            Arrays.sort(times);
            return new NetworkTime(times[ROUNDS / 2], backend.pool().peakBytes());
        } catch (DeviceMemoryException e) {
            return NetworkTime.TOO_LARGE;
        }
    }
}
