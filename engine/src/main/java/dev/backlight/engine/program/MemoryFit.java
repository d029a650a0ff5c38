package dev.backlight.engine.program;

import dev.backlight.engine.backend.Storage;
import java.util.List;
import java.util.Set;

/**
 * Steps that need no more than so much memory, with as few repetitions as that takes, or else as little as was found.
 *
 * @param bytes what their slots take
 */
record MemoryFit(List<Step> steps, long bytes) {
    /** The room tried last differs from the best by a 500th of the whole. */
    private static final int ROUNDS = 9;

    /** What single results may cost, in parts of √n steps, as long as memory does not suffice. */
    private static final double[] SEGMENTS = {1, 0.75, 2};

    /**
     * Finds, by bisection, the most room to be asked of {@link Rematerialisation} whose steps can be dealt out within so many
     * bytes.
     */
    static MemoryFit within(long most, List<Step> steps, Set<Storage> ports) {
        MemoryFit best = new MemoryFit(steps, new SlotPlan(steps, ports).bytes());
        for (int i = 0; i < SEGMENTS.length && best.bytes > most; i++) {
            best = best.bisected(most, SEGMENTS[i], steps, ports);
        }
        return best;
    }

    private MemoryFit bisected(long most, double segments, List<Step> steps, Set<Storage> ports) {
        MemoryFit best = this;
        long tooLittle = 0;
        long tooMuch = Rematerialisation.peak(steps, ports);
        for (int round = 0; round < ROUNDS; round++) {
            long room = (tooLittle + tooMuch) / 2;
            List<Step> repeated = Rematerialisation.within(room, segments, steps, ports);
            MemoryFit found = repeated == null ? null : new MemoryFit(repeated, new SlotPlan(repeated, ports).bytes());
            if (found != null && found.isBetterThan(best, most)) {
                best = found;
            }
            if (found == null || found.bytes <= most) {
                tooLittle = room;
            } else {
                tooMuch = room;
            }
        }
        return best;
    }

    /** Of two that fit the one with fewer steps, otherwise the smaller one. */
    private boolean isBetterThan(MemoryFit other, long most) {
        boolean bothFit = bytes <= most && other.bytes <= most;
        return bothFit ? steps.size() < other.steps.size() : bytes < other.bytes;
    }
}
