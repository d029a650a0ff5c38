package dev.backlight.engine.program;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.MemorySize;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A recorded list of steps made ready to run many times. What depends on constants alone is computed once, before the first
 * run, and anew when one of these has been written; chains are fused; images between convolutions are kept in the layout that the
 * backend reads fastest; intermediate results share memory that is taken once. A program belongs to one thread at a time, and its
 * memory to its recording's home.
 */
public final class Program {
    private final Backend backend;
    private final @Nullable Scope home;
    private final Map<List<Integer>, Selection> selections = new HashMap<>();
    private final Ports recorded;
    private final Planner planner;
    private Plan plan;
    private Preparations preparations;

    /** The most bytes that a plan may hold. */
    private long limit = Long.MAX_VALUE;

    /** What the steps read that neither a run is given nor a step makes: weights, images in the code's reach. */
    private final Set<Storage> foreign;

    /** Where hoisted results are, once they have been computed. */
    private @Nullable Map<Storage, Storage> constants;

    /** The versions of what they were computed from. */
    private final Map<Storage, Long> versions = new HashMap<>();

    Program(Backend backend, @Nullable Scope home, List<Step> steps, Ports ports) {
        this.backend = backend;
        this.home = home;
        recorded = ports;
        Set<Storage> results = ports.results();
        List<Step> live = LiveSteps.neededBy(ports.outputs(), steps);
        live = DisjointSums.rewrite(RectifierGates.rewrite(live, results), results);
        live = LiveSteps.neededBy(ports.outputs(), live);
        foreign = LiveSteps.foreign(live);
        planner = new Planner(backend, Division.of(ports.inputs(), live, results), ports);
        plan = planner.whole();
        preparations = new Preparations(backend, plan.perRun(), home, plan.ports());
    }

    /**
     * An array for an input in the order of elements that runs expect: itself, or, for a trained one, maybe a copy, whose shape
     * says so.
     *
     * @throws ShapeException when it does not have the shape that was recorded
     */
    public DeviceArray arranged(int input, DeviceArray plain) {
        return new TrainedOrder(backend, recorded, plan.ports()).arranged(input, plain);
    }

    /** What {@link #arranged} was given, of an array in the order that it gave; so with the gradient of that input. */
    public DeviceArray restored(int input, DeviceArray arranged) {
        return new TrainedOrder(backend, recorded, plan.ports()).restored(input, arranged);
    }

    /** Memory for intermediate results of a run, in bytes; known before anything has run. */
    public long bytes() {
        return plan.perRun().bytes();
    }

    /** Memory for what is computed once and kept for all runs, in bytes. */
    public long constantBytes() {
        return plan.constantBytes();
    }

    /** Whether its memory, and that of its results, is likely to be there for it without anything being computed again. */
    public boolean fits() {
        Plan whole = planner.whole();
        long own = constants == null ? 0 : constantBytes() + bytes();
        boolean isRunning = constants != null && plan.equals(whole);
        return isRunning
                || (whole.heldBytes() <= limit
                        && whole.neededBytes() <= backend.pool().room(own));
    }

    /**
     * Makes it hold at most so many bytes for intermediate results and constants, during runs and before the first, in whole
     * blocks of the pool; the results of a run and what kernels take on the way come on top. Where they do not suffice, results
     * are dropped and computed again, bit for bit, shortly before they are read: as few as were found, cheap ones first, and what
     * was to be computed once only last.
     *
     * @throws DeviceMemoryException when it cannot do with so few; it stays as it was
     */
    public void limitMemory(long most) {
        boolean isHopeless = planner.whole().heldBytes() > most && planner.leastBytes() > most;
        Plan limited = isHopeless ? planner.whole() : planner.within(most);
        if (limited.heldBytes() > most) {
            long least = isHopeless ? planner.leastBytes() : limited.heldBytes();
            throw new DeviceMemoryException("a program of " + size() + " primitives needs at least "
                    + MemorySize.mebibytes(least) + ", even where it computes again what it could keep, which is"
                    + " more than the " + MemorySize.mebibytes(most)
                    + " allowed; use a smaller batch or image, or allow more");
        }
        limit = most;
        adopt(limited);
    }

    /** How many primitives one run executes. */
    public int size() {
        return plan.perRun().steps().size();
    }

    /** Whether others stand for some of what it was recorded with, so that only a new recording computes what is meant. */
    public boolean isOutdated() {
        return foreign.stream().anyMatch(Storage::isRetired);
    }

    /**
     * Computes all results, or only those of the given numbers, which skips what these do not need.
     *
     * @param given one array for each input of the recording, of its type and shape
     * @return new arrays in the innermost open scope; a result that depends on no input is the program's own
     * @throws ShapeException when the arrays do not fit the inputs
     * @throws DeviceException when the program is outdated
     * @throws DeviceMemoryException when there is no room for all that it takes; it has given back its own memory then
     */
    public List<DeviceArray> run(List<DeviceArray> given, int... wanted) {
        plan.ports().requireFit(given);
        if (isOutdated()) {
            throw new DeviceException(
                    "weights that a program was recorded with have been moved to another device or type"
                            + " since; record it anew");
        }
        Map<Storage, Storage> known = constants();
        int results = plan.ports().outputs().size();
        int[] numbers = wanted.length == 0 ? IntStream.range(0, results).toArray() : wanted;
        List<DeviceArray> found = runPrepared(given, numbers, known);
        return found == null ? runByStep(given, numbers, new HashMap<>(known)) : found;
    }

    /** At one command of the device, or null where that is not to be. */
    private @Nullable List<DeviceArray> runPrepared(
            List<DeviceArray> given, int[] numbers, Map<Storage, Storage> known) {
        PreparedSelection prepared = preparations.of(numbers, selection(numbers).steps, known);
        try {
            return prepared == null ? null : prepared.run(given);
        } catch (DeviceMemoryException e) {
            preparations.giveUp(e);
            return null;
        }
    }

    private List<DeviceArray> runByStep(List<DeviceArray> given, int[] numbers, Map<Storage, Storage> known) {
        Ports ports = plan.ports();
        try (Scope scope = Scope.open()) {
            for (int i = 0; i < given.size(); i++) {
                known.put(ports.inputs().get(i).storage(), whole(given.get(i)));
            }
            Map<Storage, Storage> places = plan.perRun().run(selection(numbers).groups, known, scope);
            return Arrays.stream(numbers)
                    .mapToObj(number -> scope.keep(Schedule.at(ports.outputs().get(number), places)))
                    .toList();
        } catch (DeviceMemoryException e) {
            release();
            throw e;
        }
    }

    /** Gives the memory back; a later run takes it anew. */
    public void release() {
        Scope owner = home;
        Map<Storage, Storage> held = constants;
        if (owner != null && held != null) {
            held.values().forEach(owner::discard);
        }
        plan.perRun().giveBack(owner);
        preparations.release(owner);
        constants = null;
        versions.clear();
    }

    /** The array's own storage, or that of a copy where it lies inside another. */
    private Storage whole(DeviceArray array) {
        if (array.buffer().offset() == 0) {
            return array.storage();
        }
        DeviceArray copy = backend.allocate(array.dtype(), array.shape());
        backend.execute(new Primitive.Cast(), List.of(array), copy);
        return copy.storage();
    }

    /** The steps that some results need, and the same as {@link Schedule#grouped} gives them. */
    private record Selection(List<Step> steps, List<List<Step>> groups) {}

    private Selection selection(int[] numbers) {
        List<Integer> key = Arrays.stream(numbers).boxed().toList();
        return selections.computeIfAbsent(key, all -> {
            List<DeviceArray> outputs =
                    all.stream().map(plan.ports().outputs()::get).toList();
            List<Step> needed = LiveSteps.neededBy(outputs, plan.perRun().steps());
            return new Selection(needed, plan.perRun().grouped(needed));
        });
    }

    private void adopt(Plan other) {
        if (!other.equals(plan)) {
            release();
            plan = other;
            preparations = new Preparations(backend, plan.perRun(), home, plan.ports());
            selections.clear();
        }
    }

    /** Takes the plan for the memory that there is now, as far as that can be told. */
    private void fit() {
        BufferPool pool = backend.pool();
        Plan whole = planner.whole();
        if (whole.neededBytes() > pool.usable()) {
            requireRoom(planner.leastBytes() + whole.resultBytes());
        }
        adopt(planner.within(Math.min(limit, pool.room() - plan.resultBytes()), plan));
        requireRoom(plan.neededBytes());
    }

    private void requireRoom(long bytes) {
        backend.pool().requireRoom("a step of " + size() + " primitives", bytes);
    }

    private Map<Storage, Storage> constants() {
        if (versions.entrySet().stream().anyMatch(seen -> seen.getKey().version() != seen.getValue())) {
            release();
        }
        Map<Storage, Storage> known = constants;
        if (known == null) {
            fit();
            try {
                known = takeMemory();
            } catch (DeviceMemoryException e) {
                known = takeMemoryThatIsLeft(e);
            }
        }
        return known;
    }

    /** Others have taken memory since there was room for the plan; the pool has just given back all that nobody uses. */
    private Map<Storage, Storage> takeMemoryThatIsLeft(DeviceMemoryException failure) {
        Plan failed = plan;
        fit();
        if (plan.equals(failed)) {
            throw failure;
        }
        return takeMemory();
    }

    private Map<Storage, Storage> takeMemory() {
        try {
            Map<Storage, Storage> known = computeConstants();
            constants = known;
            plan.perRun().takeMemory(home);
            return known;
        } catch (DeviceException e) {
            release();
            throw e;
        }
    }

    /** Runs what depends on no input; only what the other steps read of it stays. */
    private Map<Storage, Storage> computeConstants() {
        Map<Storage, Storage> known = new HashMap<>();
        Schedule once = plan.once();
        try (Scope scope = Scope.open()) {
            once.takeMemory(scope);
            Map<Storage, Storage> places = once.run(once.grouped(once.steps()), Map.of(), scope);
            for (Storage constant : LiveSteps.storages(plan.division().constants())) {
                Storage place = Objects.requireNonNull(places.get(constant));
                Scope.adopt(place, home);
                known.put(constant, place);
            }
        } finally {
            once.giveBack(null);
        }
        LiveSteps.foreign(once.steps()).forEach(storage -> versions.put(storage, storage.version()));
        return known;
    }
}
