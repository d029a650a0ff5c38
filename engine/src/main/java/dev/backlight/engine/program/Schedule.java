package dev.backlight.engine.program;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Execution;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Fused steps in order, with the memory of what lies between them. */
final class Schedule {
    private final Backend backend;
    private final List<Step> steps;
    private final Set<Storage> results;
    private final SlotPlan plan;
    private final List<Storage> slots = new ArrayList<>();
    private final Map<Storage, Storage> memory = new HashMap<>();

    /** @param results what the steps must give; its memory comes from outside */
    Schedule(Backend backend, List<Step> steps, Set<Storage> results) {
        this.backend = backend;
        this.steps = steps;
        this.results = results;
        this.plan = new SlotPlan(steps, results);
    }

    /**
     * The same with steps repeated, so that they need no more than so many bytes, or as few as that can do. This stands behind
     * all other passes: what fusion leaves between steps is what takes memory, and the plan that is judged is the one that runs.
     */
    Schedule within(long most) {
        return bytes() <= most
                ? this
                : new Schedule(backend, MemoryFit.within(most, steps, results).steps(), results);
    }

    List<Step> steps() {
        return steps;
    }

    long bytes() {
        return plan.bytes();
    }

    /** Memory for the intermediate results that the largest step reads and makes. */
    long leastBytes() {
        return SlotPlan.leastBytes(steps, results);
    }

    /** Memory for what the steps give, which they take from outside. */
    long resultBytes() {
        return steps.stream()
                .filter(this::isResult)
                .mapToLong(step -> SlotPlan.bytes(step.result()))
                .sum();
    }

    /** Whether a step makes what the schedule gives, which lies in memory from outside. */
    boolean isResult(Step step) {
        return results.contains(step.result());
    }

    /** Allocates the slots, for as long as {@code home} is open; without it, for as long as this object is referred to. */
    void takeMemory(@Nullable Scope home) {
        for (SlotPlan.Slot slot : plan.slots()) {
            slots.add(fresh(slot.example(), home));
        }
        plan.places().forEach((storage, place) -> memory.put(storage, slots.get(place)));
    }

    /** Gives the slots back to the scope that has them, or to the garbage collector where there is none. */
    void giveBack(@Nullable Scope home) {
        if (home != null) {
            slots.forEach(home::discard);
        }
        slots.clear();
        memory.clear();
    }

    /** A new array like a placeholder. */
    Storage fresh(DeviceArray like, @Nullable Scope home) {
        Storage storage = backend.allocate(like.dtype(), like.shape()).storage();
        Scope.adopt(storage, home);
        return storage;
    }

    /**
     * Runs some of the steps, in their order.
     *
     * @param selected as {@link #grouped} gives them
     * @param known where inputs and constants are
     * @param owner the scope that the results are given to
     * @return where everything given and made is
     */
    Map<Storage, Storage> run(List<List<Step>> selected, Map<Storage, Storage> known, @Nullable Scope owner) {
        Map<Storage, Storage> places = new HashMap<>(known);
        places.putAll(memory);
        for (List<Step> group : selected) {
            for (Step step : group) {
                if (isResult(step)) {
                    places.put(step.result(), fresh(step.output(), owner));
                }
            }
            if (group.size() == 1) {
                bound(group.getFirst(), places).on(backend);
            } else {
                backend.executeTogether(
                        group.stream().map(step -> bound(step, places)).toList());
            }
        }
        return places;
    }

    /** Some of the steps, in their order, those together that are to be executed together. */
    List<List<Step>> grouped(List<Step> selected) {
        return new StepGroups(plan.places()).of(selected);
    }

    /** The selected steps on memory that stays: {@code places} says where inputs, constants and results are. */
    List<Execution> executions(List<Step> selected, Map<Storage, Storage> places) {
        Map<Storage, Storage> all = new HashMap<>(places);
        all.putAll(memory);
        return selected.stream().map(step -> bound(step, all)).toList();
    }

    private static Execution bound(Step step, Map<Storage, Storage> places) {
        List<DeviceArray> operands =
                step.inputs().stream().map(input -> at(input, places)).toList();
        return new Execution(step.primitive(), operands, at(step.output(), places));
    }

    /** The same view of the memory that stands behind a placeholder; other arrays are where they are. */
    static DeviceArray at(DeviceArray array, Map<Storage, Storage> places) {
        Storage storage = array.storage();
        if (!storage.isPlaceholder()) {
            return array;
        }
        Storage real = places.get(storage);
        if (real == null) {
            throw new IllegalStateException("no step makes " + array.shape()
                    + " before it is read; a tensor of another " + "recording is used in this one");
        }
        Buffer buffer = array.buffer();
        return new DeviceArray(array.shape(), new Buffer(real, buffer.offset(), buffer.length()));
    }
}
