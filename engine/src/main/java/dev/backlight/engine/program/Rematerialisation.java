package dev.backlight.engine.program;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Goes through steps as a run would, with room for so many bytes of intermediate results. Where room is short, it drops the
 * result that is cheapest to make again for its size and the time until it is read, and repeats the steps that make it just
 * before they are read: the trade of Chen et al., "Training Deep Nets with Sublinear Memory Cost" (2016), with the choice of
 * Kirisame et al., "Dynamic Tensor Rematerialization" (2021), made before the run, where the next reader is known. Primitives
 * in programs are pure functions, random numbers among them functions of their seed, so repeating a step gives the same bits.
 */
final class Rematerialisation {
    /**
     * Plans that take more than so many times the original work are rejected: segments repeat each step about once, and half of
     * the memory at three times the work is worse than any smaller batch.
     */
    private static final double MOST_WORK = 3;

    private final StepGraph graph;
    private final long room;
    private final double mostCost;
    private final double dearest;

    /** Intermediate results that are there. */
    private final BitSet present = new BitSet();

    private final BitSet dropped = new BitSet();
    private final RepetitionPrices prices;

    /** The storage that currently holds each result. */
    private final DeviceArray[] places;

    /** By how many steps that are under way a result is waited for. */
    private final int[] pins;

    private final List<Step> done = new ArrayList<>();
    private double cost;
    private long live;
    private long peak;

    private Rematerialisation(StepGraph graph, long room, double segments) {
        this.graph = graph;
        this.room = room;
        this.mostCost = MOST_WORK * graph.cost();
        this.dearest = segments * graph.cost() / Math.sqrt(graph.size());
        this.prices = new RepetitionPrices(graph, present, dropped);
        this.places = graph.steps().stream().map(Step::output).toArray(DeviceArray[]::new);
        this.pins = new int[graph.size()];
    }

    /**
     * The steps with repetitions, or null where the room asks for too many of them. They may take somewhat more room than was
     * asked for, since some of it stays empty when memory is dealt out, and since what is too dear to repeat stays.
     *
     * @param segments how many of √n equal parts of the n steps a result may take to be made again
     */
    static @Nullable List<Step> within(long room, double segments, StepGraph graph) {
        Rematerialisation run = new Rematerialisation(graph, room, segments);
        return run.succeeds() ? run.needed() : null;
    }

    /** The most bytes of intermediate results at once when nothing is dropped. */
    static long peak(StepGraph graph) {
        Rematerialisation run = new Rematerialisation(graph, Long.MAX_VALUE, 1);
        run.succeeds();
        return run.peak;
    }

    private boolean succeeds() {
        for (int i = 0; i < graph.size() && cost <= mostCost; i++) {
            make(i, i);
        }
        return cost <= mostCost;
    }

    /** Without first makings of what was dropped before anybody read it. */
    private List<Step> needed() {
        List<DeviceArray> results = done.stream()
                .map(Step::output)
                .filter(output -> graph.isPort(output.storage()))
                .toList();
        return LiveSteps.neededBy(results, done);
    }

    /** Does step {@code i} at the time of step {@code now}, after steps that make again what it reads. */
    private void make(int i, int now) {
        int[] operands = graph.operands(i);
        for (int operand : operands) {
            pins[operand]++;
        }
        for (int operand : dearestFirst(operands)) {
            if (!present.get(operand) && cost <= mostCost) {
                make(operand, now);
            }
        }
        if (cost <= mostCost) {
            execute(i, now);
        }
        for (int operand : operands) {
            pins[operand]--;
            forgetIfUseless(operand, now);
        }
    }

    /** Those that are gone, the most expensive first, while the others do not occupy memory yet. */
    private List<Integer> dearestFirst(int[] operands) {
        List<Integer> gone = new ArrayList<>();
        for (int operand : operands) {
            if (!present.get(operand)) {
                gone.add(operand);
            }
        }
        if (gone.size() > 1) {
            Map<Integer, Double> making = new HashMap<>();
            gone.forEach(operand -> making.put(operand, prices.ofMaking(operand)));
            gone.sort(Comparator.comparing(making::get, Comparator.reverseOrder()));
        }
        return gone;
    }

    private void execute(int i, int now) {
        Step step = graph.step(i);
        long bytes = graph.bytes(i);
        boolean isInPlace = SlotPlan.worksInPlace(step.primitive())
                && Arrays.stream(graph.operands(i)).anyMatch(operand -> diesAs(operand, i, now));
        makeRoom(isInPlace ? 0 : bytes, now);
        if (dropped.get(i)) {
            dropped.clear(i);
            places[i] = another(step.output());
        }
        done.add(
                new Step(step.primitive(), step.inputs().stream().map(this::now).toList(), places[i]));
        present.set(i);
        cost += graph.cost(i);
        live += bytes;
        peak = Math.max(peak, isInPlace ? live - bytes : live);
        forgetIfUseless(i, now);
    }

    /** Whether the step that reads the operand now is its last reader and may write over it. */
    private boolean diesAs(int operand, int result, int now) {
        Storage written = graph.step(operand).result();
        Storage writing = graph.step(result).result();
        return !graph.isPort(written)
                && pins[operand] == 1
                && graph.nextReader(operand, now) < 0
                && written.dtype() == writing.dtype()
                && written.capacity() == writing.capacity();
    }

    /** What nobody reads any more is gone, unless a repetition that is under way waits for it. */
    private void forgetIfUseless(int result, int now) {
        if (present.get(result) && mayGo(result) && graph.nextReader(result, now) < 0) {
            drop(result);
        }
    }

    private boolean mayGo(int result) {
        return pins[result] == 0 && !graph.isPort(graph.step(result).result());
    }

    private void makeRoom(long bytes, int now) {
        while (live + bytes > room) {
            int victim = cheapest(now);
            if (victim < 0) {
                return;
            }
            drop(victim);
        }
    }

    private void drop(int result) {
        present.clear(result);
        dropped.set(result);
        live -= graph.bytes(result);
    }

    /** Of equal ones the earliest; −1 where none may go. */
    private int cheapest(int now) {
        int cheapest = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int result = present.nextSetBit(0); result >= 0; result = present.nextSetBit(result + 1)) {
            if (mayGo(result)) {
                double gain = (double) graph.bytes(result) * Math.max(1, graph.nextReader(result, now) - now);
                double price = prices.ofDropping(result, now, Math.min(dearest, least * gain)) / gain;
                if (price < least) {
                    least = price;
                    cheapest = result;
                }
            }
        }
        return cheapest;
    }

    private DeviceArray now(DeviceArray array) {
        int maker = graph.maker(array.storage());
        return maker < 0 ? array : array.on(places[maker].storage());
    }

    private static DeviceArray another(DeviceArray array) {
        return array.on(Storage.placeholder(array.dtype(), array.storage().capacity()));
    }
}
