package dev.backlight.engine.program;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes through steps as a run would, with room for so many bytes of intermediate results. Where room is short, it drops the
 * result that is cheapest to make again for its size and the time until it is read, and repeats the steps that make it just
 * before they are read: the trade of Chen et al., "Training Deep Nets with Sublinear Memory Cost" (2016), with the choice of
 * Kirisame et al., "Dynamic Tensor Rematerialization" (2021), made before the run, where the next reader is known. Primitives are pure
 * functions, random numbers among them functions of their seed, so repeating a step gives the same bits.
 */
final class Rematerialisation {
    /** A plan that takes longer than so many times the steps as they were is given up: forward and backward take two or three. */
    private static final double MOST_WORK = 3;

    private final List<Step> steps;
    private final Set<Storage> ports;
    private final Uses uses;
    private final long room;
    private final double[] costs;
    private final double mostCost;
    private final double dearest;

    /** Intermediate results that are there, as they were named first, and who makes up for them now. */
    private final Map<Storage, Storage> present = new HashMap<>();

    private final Set<Storage> dropped = new LinkedHashSet<>();
    private final Map<Storage, Integer> pins = new HashMap<>();
    private final List<Step> done = new ArrayList<>();
    private double cost;
    private long live;
    private long peak;

    private Rematerialisation(List<Step> steps, Set<Storage> ports, long room, double segments) {
        this.steps = steps;
        this.ports = ports;
        this.uses = new Uses(steps);
        this.room = room;
        this.costs = steps.stream().mapToDouble(StepCost::of).toArray();
        double sum = Arrays.stream(costs).sum();
        this.mostCost = MOST_WORK * sum;
        this.dearest = segments * sum / Math.sqrt(steps.size());
    }

    /**
     * The steps with repetitions, or null where the room asks for too many of them. They may take somewhat more room than was
     * asked for, since some of it stays empty when memory is dealt out, and since what is too dear to repeat stays.
     *
     * @param segments how many of √n equal parts of the n steps a result may take to be made again
     * @param ports results that have memory of their own and always stay
     */
    static @Nullable List<Step> within(long room, double segments, List<Step> steps, Set<Storage> ports) {
        Rematerialisation run = new Rematerialisation(steps, ports, room, segments);
        return run.succeeds() ? run.needed() : null;
    }

    /** The most bytes of intermediate results at once when nothing is dropped. */
    static long peak(List<Step> steps, Set<Storage> ports) {
        Rematerialisation run = new Rematerialisation(steps, ports, Long.MAX_VALUE, 1);
        run.succeeds();
        return run.peak;
    }

    private boolean succeeds() {
        for (int i = 0; i < steps.size() && cost <= mostCost; i++) {
            make(i, i);
        }
        return cost <= mostCost;
    }

    /** Without first makings of what was dropped before anybody read it. */
    private List<Step> needed() {
        List<DeviceArray> results = done.stream()
                .map(Step::output)
                .filter(output -> ports.contains(output.storage()))
                .toList();
        return LiveSteps.neededBy(results, done);
    }

    /** Does step {@code i} at the time of step {@code now}, after steps that make again what it reads. */
    private void make(int i, int now) {
        Step step = steps.get(i);
        Set<Storage> operands = madeOperands(step);
        operands.forEach(operand -> pins.merge(operand, 1, Integer::sum));
        for (Storage operand : dearestFirst(operands)) {
            if (!present.containsKey(operand) && cost <= mostCost) {
                make(uses.maker(operand), now);
            }
        }
        if (cost <= mostCost) {
            execute(i, operands, now);
        }
        for (Storage operand : operands) {
            pins.computeIfPresent(operand, (key, count) -> count == 1 ? null : count - 1);
            forgetIfUseless(operand, now);
        }
    }

    /** Those that are gone, in the order in which making them holds least: what has the most behind it before the others are there. */
    private List<Storage> dearestFirst(Set<Storage> operands) {
        List<Storage> gone = new ArrayList<>(operands);
        gone.removeAll(present.keySet());
        if (gone.size() > 1) {
            Map<Storage, Double> prices = new HashMap<>();
            gone.forEach(operand -> prices.put(operand, priceOfMaking(operand, new HashSet<>())));
            gone.sort(Comparator.comparing(prices::get, Comparator.reverseOrder()));
        }
        return gone;
    }

    private void execute(int i, Set<Storage> operands, int now) {
        Step step = steps.get(i);
        Storage result = step.result();
        long bytes = ports.contains(result) ? 0 : bytes(result);
        boolean isInPlace = SlotPlan.worksInPlace(step.primitive())
                && operands.stream().anyMatch(operand -> diesAs(operand, result, now));
        makeRoom(isInPlace ? 0 : bytes, now);
        boolean isFirst = !dropped.remove(result);
        DeviceArray output = isFirst ? step.output() : another(step.output());
        done.add(
                new Step(step.primitive(), step.inputs().stream().map(this::now).toList(), output));
        present.put(result, output.storage());
        cost += costs[i];
        live += bytes;
        peak = Math.max(peak, isInPlace ? live - bytes : live);
        forgetIfUseless(result, now);
    }

    /** Whether the step that reads the operand now is its last reader and may write over it. */
    private boolean diesAs(Storage operand, Storage result, int now) {
        return !ports.contains(operand)
                && pins.getOrDefault(operand, 0) == 1
                && nextReader(operand, now) < 0
                && operand.dtype() == result.dtype()
                && operand.capacity() == result.capacity();
    }

    /** What nobody reads any more is gone, unless a repetition that is under way waits for it. */
    private void forgetIfUseless(Storage storage, int now) {
        if (!pins.containsKey(storage)
                && !ports.contains(storage)
                && present.containsKey(storage)
                && nextReader(storage, now) < 0) {
            drop(storage);
        }
    }

    private void makeRoom(long bytes, int now) {
        while (live + bytes > room) {
            Storage victim = cheapest(now);
            if (victim == null) {
                return;
            }
            drop(victim);
        }
    }

    private void drop(Storage storage) {
        present.remove(storage);
        dropped.add(storage);
        live -= bytes(storage);
    }

    private @Nullable Storage cheapest(int now) {
        Storage cheapest = null;
        double least = Double.POSITIVE_INFINITY;
        for (Storage candidate : present.keySet()) {
            if (!pins.containsKey(candidate) && !ports.contains(candidate) && isPure(candidate)) {
                double wait = Math.max(1, nextReader(candidate, now) - now);
                double making = priceOf(candidate, now);
                double price = making / (bytes(candidate) * wait);
                boolean isEarlier = cheapest != null && uses.maker(candidate) < uses.maker(cheapest);
                if (making <= dearest && (price < least || (price == least && isEarlier))) {
                    least = price;
                    cheapest = candidate;
                }
            }
        }
        return cheapest;
    }

    /** What it takes to make a result again, and what dropping it adds to making others again that were dropped. */
    private double priceOf(Storage storage, int now) {
        Set<Storage> seen = new HashSet<>();
        double price = priceOfMaking(storage, seen);
        Deque<Storage> open = new ArrayDeque<>(List.of(storage));
        while (!open.isEmpty()) {
            for (int reader : uses.readers(open.remove())) {
                Storage result = steps.get(reader).result();
                if (dropped.contains(result) && nextReader(result, now) >= 0 && seen.add(result)) {
                    price += costs[reader];
                    open.add(result);
                }
            }
        }
        return price;
    }

    /** The cost of a step and of all that have to be repeated before it, which are added to {@code seen}. */
    private double priceOfMaking(Storage storage, Set<Storage> seen) {
        double price = 0;
        Deque<Storage> open = new ArrayDeque<>(List.of(storage));
        seen.add(storage);
        while (!open.isEmpty()) {
            int maker = uses.maker(open.remove());
            price += costs[maker];
            for (Storage operand : madeOperands(steps.get(maker))) {
                if (!present.containsKey(operand) && seen.add(operand)) {
                    open.add(operand);
                }
            }
        }
        return price;
    }

    /** Optimisers' steps write their inputs too. */
    private boolean isPure(Storage storage) {
        Primitive primitive = maker(storage).primitive();
        return !(primitive instanceof Primitive.AdamStep || primitive instanceof Primitive.SgdStep);
    }

    private Step maker(Storage storage) {
        return steps.get(uses.maker(storage));
    }

    /** The step after {@code now} that reads a result next, −1 for none. */
    private int nextReader(Storage storage, int now) {
        for (int reader : uses.readers(storage)) {
            if (reader > now) {
                return reader;
            }
        }
        return -1;
    }

    private Set<Storage> madeOperands(Step step) {
        Set<Storage> operands = new LinkedHashSet<>();
        for (DeviceArray input : step.inputs()) {
            if (uses.maker(input.storage()) >= 0) {
                operands.add(input.storage());
            }
        }
        return operands;
    }

    private DeviceArray now(DeviceArray array) {
        Storage storage = present.get(array.storage());
        return storage == null ? array : array.on(storage);
    }

    private static DeviceArray another(DeviceArray array) {
        return array.on(Storage.placeholder(array.dtype(), array.storage().capacity()));
    }

    private static long bytes(Storage storage) {
        return SlotPlan.bytes(storage);
    }
}
