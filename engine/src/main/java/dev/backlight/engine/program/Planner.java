package dev.backlight.engine.program;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.MemorySize;
import java.lang.System.Logger.Level;

/** Makes plans of recorded steps, each from what was recorded, so that no plan repeats what another repeats already. */
final class Planner {
    private static final System.Logger LOG = System.getLogger(Planner.class.getName());

    private final Backend backend;
    private final Division recorded;
    private final Ports ports;
    private final Plan whole;

    /** @param ports as they were recorded */
    Planner(Backend backend, Division recorded, Ports ports) {
        this.backend = backend;
        this.recorded = recorded;
        this.ports = ports;
        this.whole = Plan.of(backend, recorded.arranged(backend.channelBlock(), ports));
    }

    /** The plan that repeats nothing. */
    Plan whole() {
        return whole;
    }

    /**
     * A plan that holds at most so many bytes: the whole where it does, otherwise with repetitions, and only where these do not
     * suffice with fewer constants. Where none was found that does, the one that holds least.
     */
    Plan within(long most) {
        if (whole.heldBytes() <= most) {
            return whole;
        }
        Plan best = whole.within(most);
        if (best.heldBytes() > most && whole.constantBytes() > 0) {
            Plan fewer = withFewConstants().within(most);
            best = fewer.heldBytes() < best.heldBytes() ? fewer : best;
        }
        LOG.log(
                Level.DEBUG,
                "A program of {0} primitives that needs {1} is planned for {2}: {3} primitives that need {4}",
                whole.perRun().steps().size(),
                MemorySize.mebibytes(whole.heldBytes()),
                MemorySize.mebibytes(most),
                best.perRun().steps().size(),
                MemorySize.mebibytes(best.heldBytes()));
        return best;
    }

    /**
     * {@link #within} for a program that has a plan already, and keeps it where it holds no more, or where less was not found
     * when it was made: planning takes longer than some runs.
     */
    Plan within(long most, Plan current) {
        boolean isLeast = current.heldBytes() > current.goal();
        boolean isKept = whole.heldBytes() > most && (current.heldBytes() <= most || isLeast);
        return isKept ? current : within(most);
    }

    /** A bound that no plan is below. */
    long leastBytes() {
        return Math.min(whole.leastBytes(), withFewConstants().leastBytes());
    }

    private Plan withFewConstants() {
        Division.Arrangement fewer =
                recorded.withFewConstants().arranged(backend.channelBlock(), ports.decidedAs(whole.ports()));
        return Plan.of(backend, fewer);
    }
}
