package dev.backlight.engine.program;

import dev.backlight.engine.backend.Storage;
import java.util.List;
import java.util.Set;

/**
 * Steps that need no more than so much memory, with as little repeated work as was found, or else as little memory as was found.
 *
 * @param bytes what their slots take
 * @param work see {@link StepCost}
 */
record MemoryFit(List<Step> steps, long bytes, double work) {
    /** The room tried last differs from the best by a 500th of the whole. */
    private static final int ROUNDS = 9;

    /** What single results may cost, in parts of √n steps, as long as memory does not suffice. */
    private static final double[] SEGMENTS = {1, 0.75, 2};

    /** A plan that leaves less than this part of the memory allowed is not improved further. */
    private static final long SMALL_PART = 100;

    /**
     * Finds, by bisection, the most room to be asked of {@link Rematerialisation} whose steps can be dealt out within so many
     * bytes.
     */
    static MemoryFit within(long most, List<Step> steps, Set<Storage> ports) {
        StepGraph graph = new StepGraph(steps, ports);
        MemoryFit best = of(steps, ports);
        for (int i = 0; i < SEGMENTS.length && best.bytes > most; i++) {
            best = best.bisected(most, SEGMENTS[i], graph, ports);
        }
        return best;
    }

    private static MemoryFit of(List<Step> steps, Set<Storage> ports) {
        double work = steps.stream().mapToDouble(StepCost::of).sum();
        return new MemoryFit(steps, new SlotPlan(steps, ports).bytes(), work);
    }

    private MemoryFit bisected(long most, double segments, StepGraph graph, Set<Storage> ports) {
        MemoryFit best = this;
        long tooLittle = 0;
        long tooMuch = Rematerialisation.peak(graph);
        for (int round = 0; round < ROUNDS && !best.isCloseTo(most); round++) {
            long room = (tooLittle + tooMuch) / 2;
            List<Step> repeated = Rematerialisation.within(room, segments, graph);
            MemoryFit found = repeated == null ? null : of(repeated, ports);
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

    private boolean isCloseTo(long most) {
        return bytes <= most && bytes > most - most / SMALL_PART;
    }

    /** Of two that fit the one with less work, otherwise the smaller one. */
    private boolean isBetterThan(MemoryFit other, long most) {
        boolean bothFit = bytes <= most && other.bytes <= most;
        return bothFit ? work < other.work : bytes < other.bytes;
    }
}
