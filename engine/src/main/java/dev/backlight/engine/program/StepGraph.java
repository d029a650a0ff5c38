package dev.backlight.engine.program;

import dev.backlight.engine.backend.Storage;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Steps as numbers: what each reads of the others and who reads it. A result has the number of the step that makes it. Searches
 * ask this many times over.
 */
final class StepGraph {
    private final List<Step> steps;
    private final Set<Storage> ports;
    private final Uses uses;
    private final int[][] operands;
    private final int[][] readers;
    private final long[] bytes;
    private final double[] costs;

    /** @param ports results that have memory of their own and always stay */
    StepGraph(List<Step> steps, Set<Storage> ports) {
        this.steps = steps;
        this.ports = ports;
        this.uses = new Uses(steps);
        this.operands = steps.stream().map(this::operandsOf).toArray(int[][]::new);
        this.readers = steps.stream().map(this::readersOf).toArray(int[][]::new);
        this.bytes = steps.stream().mapToLong(this::bytesOf).toArray();
        this.costs = steps.stream().mapToDouble(StepCost::of).toArray();
    }

    int size() {
        return costs.length;
    }

    List<Step> steps() {
        return steps;
    }

    Step step(int number) {
        return steps.get(number);
    }

    boolean isPort(Storage storage) {
        return ports.contains(storage);
    }

    /** The step that makes a storage, −1 for none of these. */
    int maker(Storage storage) {
        return uses.maker(storage);
    }

    /** The results that a step reads, each once, in the order of its operands. */
    int[] operands(int step) {
        return operands[step];
    }

    /** The steps that read a result, ascending. */
    int[] readers(int result) {
        return readers[result];
    }

    /** The step after {@code now} that reads a result next, −1 for none. */
    int nextReader(int result, int now) {
        int[] all = readers[result];
        int at = Arrays.binarySearch(all, now + 1);
        int next = at < 0 ? -at - 1 : at;
        return next < all.length ? all[next] : -1;
    }

    /** Memory of a result; ports take none of that which is dealt out. */
    long bytes(int result) {
        return bytes[result];
    }

    /** What making a result takes, see {@link StepCost}. */
    double cost(int result) {
        return costs[result];
    }

    double cost() {
        return Arrays.stream(costs).sum();
    }

    private int[] operandsOf(Step step) {
        return step.inputs().stream()
                .mapToInt(input -> uses.maker(input.storage()))
                .filter(maker -> maker >= 0)
                .distinct()
                .toArray();
    }

    private int[] readersOf(Step step) {
        return uses.readers(step.result()).stream().mapToInt(Integer::intValue).toArray();
    }

    private long bytesOf(Step step) {
        return isPort(step.result()) ? 0 : SlotPlan.bytes(step.result());
    }
}
