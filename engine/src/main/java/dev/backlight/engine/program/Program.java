package dev.backlight.engine.program;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    private final Map<List<Integer>, List<Step>> selections = new HashMap<>();
    private final Division recorded;
    private final Ports recordedPorts;

    /** What runs: fused and arranged. */
    private Division division;

    /** What it is given and gives. */
    private Ports ports;

    private Schedule schedule;
    private Preparations preparations;

    /** What the steps read that neither a run is given nor a step makes: weights, images in the code's reach. */
    private final Set<Storage> foreign;

    /** Where hoisted results are, once they have been computed. */
    private @Nullable Map<Storage, Storage> constants;

    /** The versions of what they were computed from. */
    private final Map<Storage, Long> versions = new HashMap<>();

    Program(Backend backend, @Nullable Scope home, List<Step> recorded, Ports ports) {
        this.backend = backend;
        this.home = home;
        recordedPorts = ports;
        Set<Storage> results = ports.results();
        List<Step> live = RectifierGates.rewrite(LiveSteps.neededBy(ports.outputs(), recorded), results);
        foreign = LiveSteps.foreign(live);
        this.recorded = Division.of(ports.inputs(), live, results);
        Division.Arrangement arrangement = this.recorded.arranged(backend.channelBlock(), ports);
        division = arrangement.division();
        this.ports = arrangement.ports();
        schedule = scheduled(division);
        preparations = new Preparations(backend, schedule, home, this.ports);
    }

    private Schedule scheduled(Division steps) {
        return new Schedule(backend, steps.perRun(), steps.results());
    }

    /**
     * An array for an input in the order of elements that runs expect: itself, or, for a trained one, maybe a copy, whose shape
     * says so.
     *
     * @throws ShapeException when it does not have the shape that was recorded
     */
    public DeviceArray arranged(int input, DeviceArray plain) {
        return new TrainedOrder(backend, recordedPorts, ports).arranged(input, plain);
    }

    /** What {@link #arranged} was given, of an array in the order that it gave; so with the gradient of that input. */
    public DeviceArray restored(int input, DeviceArray arranged) {
        return new TrainedOrder(backend, recordedPorts, ports).restored(input, arranged);
    }

    /** Memory for intermediate results of a run, in bytes; known before anything has run. */
    public long bytes() {
        return schedule.bytes();
    }

    /** Memory for what is computed once and kept for all runs, in bytes. */
    public long constantBytes() {
        return division.bytes();
    }

    /** Whether its memory, and that of its results, is likely to be there for it as it is. */
    public boolean fits() {
        long given = division.results().stream().mapToLong(Program::bytes).sum();
        return constants != null || heldBytes() + given <= backend.pool().room();
    }

    /**
     * Makes it need at most so many bytes for intermediate results and constants. Where they do not suffice, results are
     * dropped and computed again, bit for bit, shortly before they are read: as few as possible, cheap ones first, and what
     * was to be computed once only last.
     *
     * @throws DeviceMemoryException when it cannot do with so few; it stays as it was
     */
    public void limitMemory(long most) {
        release();
        Division.Arrangement whole = new Division.Arrangement(division, ports);
        Schedule wholeSchedule = schedule;
        fit(most);
        long least = heldBytes();
        if (least > most) {
            adopt(whole, wholeSchedule);
            throw new DeviceMemoryException("a program of " + size() + " primitives needs at least " + mebibytes(least)
                    + " MiB, even where it computes again what it could keep, which is more than the " + mebibytes(most)
                    + " MiB allowed; use a smaller batch or image, or allow more");
        }
    }

    /** How many primitives one run executes. */
    public int size() {
        return schedule.steps().size();
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
     */
    public List<DeviceArray> run(List<DeviceArray> given, int... wanted) {
        ports.requireFit(given);
        if (isOutdated()) {
            throw new DeviceException(
                    "weights that a program was recorded with have been moved to another device or type"
                            + " since; record it anew");
        }
        int[] numbers =
                wanted.length == 0 ? IntStream.range(0, ports.outputs().size()).toArray() : wanted;
        Map<Storage, Storage> known = new HashMap<>(constants());
        PreparedSelection prepared = preparations.of(numbers, selection(numbers), known);
        if (prepared != null) {
            return prepared.run(given);
        }
        try (Scope scope = Scope.open()) {
            for (int i = 0; i < given.size(); i++) {
                known.put(ports.inputs().get(i).storage(), whole(given.get(i)));
            }
            Map<Storage, Storage> places = schedule.run(selection(numbers), known, scope);
            return Arrays.stream(numbers)
                    .mapToObj(number -> scope.keep(Schedule.at(ports.outputs().get(number), places)))
                    .toList();
        }
    }

    /** Gives the memory back; a later run takes it anew. */
    public void release() {
        Scope owner = home;
        Map<Storage, Storage> held = constants;
        if (owner != null && held != null) {
            held.values().forEach(owner::discard);
        }
        schedule.giveBack(owner);
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

    private List<Step> selection(int[] numbers) {
        List<Integer> key = Arrays.stream(numbers).boxed().toList();
        return selections.computeIfAbsent(
                key,
                all -> LiveSteps.neededBy(all.stream().map(ports.outputs()::get).toList(), schedule.steps()));
    }

    /** As it is where that fits, otherwise with fewer constants and more repetitions, as many as it takes or is possible. */
    private void fit(long most) {
        if (heldBytes() <= most) {
            return;
        }
        adopt(new Division.Arrangement(division, ports), schedule.within(most - division.bytes()));
        if (heldBytes() > most) {
            Division.Arrangement fewer =
                    recorded.withFewConstants().arranged(backend.channelBlock(), recordedPorts.decidedAs(ports));
            long constants = fewer.division().bytes();
            Schedule all = scheduled(fewer.division()).within(most - constants);
            if (all.bytes() + constants < heldBytes()) {
                adopt(fewer, all);
            }
        }
    }

    private void adopt(Division.Arrangement other, Schedule scheduled) {
        division = other.division();
        ports = other.ports();
        schedule = scheduled;
        preparations = new Preparations(backend, schedule, home, ports);
        selections.clear();
    }

    private long heldBytes() {
        return schedule.bytes() + division.bytes();
    }

    private static long bytes(Storage storage) {
        return storage.capacity() * storage.dtype().bytes();
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / 0x1p20);
    }

    private Map<Storage, Storage> constants() {
        if (versions.entrySet().stream().anyMatch(seen -> seen.getKey().version() != seen.getValue())) {
            release();
        }
        Map<Storage, Storage> known = constants;
        if (known == null) {
            fit(backend.pool().room());
            backend.pool().requireRoom("a step of " + size() + " primitives", heldBytes());
            try {
                known = computeConstants();
                schedule.takeMemory(home);
            } catch (DeviceMemoryException e) {
                release();
                throw e;
            }
            constants = known;
        }
        return known;
    }

    /** Runs what depends on no input; only what the other steps read of it stays. */
    private Map<Storage, Storage> computeConstants() {
        Set<Storage> boundary = LiveSteps.storages(division.constants());
        Map<Storage, Storage> known = new HashMap<>();
        try (Scope scope = Scope.open()) {
            Schedule once = new Schedule(backend, division.once(), boundary);
            once.takeMemory(scope);
            Map<Storage, Storage> places = once.run(once.steps(), Map.of(), home);
            boundary.forEach(storage -> known.put(storage, places.get(storage)));
        }
        for (Step step : division.once()) {
            step.inputs().stream()
                    .map(DeviceArray::storage)
                    .filter(storage -> !storage.isPlaceholder())
                    .forEach(storage -> versions.put(storage, storage.version()));
        }
        return known;
    }
}
