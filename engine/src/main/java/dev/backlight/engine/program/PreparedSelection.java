package dev.backlight.engine.program;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Execution;
import dev.backlight.engine.backend.PreparedRun;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Some results of a program at one command of its device. All memory stays where it is: inputs are copied to places of
 * their own before, results to new arrays afterwards.
 */
final class PreparedSelection {
    private final Backend backend;
    private final Schedule schedule;
    private final List<DeviceArray> inputs;
    private final List<DeviceArray> wanted;

    /** Where constants, inputs and results are. */
    private final Map<Storage, Storage> places = new HashMap<>();

    /** Inputs and results, which this object has allocated. */
    private final Set<Storage> own = new HashSet<>();

    /** The results among the wanted: as recorded, one array for each storage. */
    private final Map<Storage, DeviceArray> results = new HashMap<>();

    /** All that the steps read, weights from elsewhere included: the device would not notice that something is gone. */
    private final Set<Storage> read = new HashSet<>();

    private @Nullable PreparedRun run;

    PreparedSelection(Backend backend, Schedule schedule, Ports ports, int[] numbers) {
        this.backend = backend;
        this.schedule = schedule;
        this.inputs = ports.inputs();
        this.wanted = Arrays.stream(numbers).mapToObj(ports.outputs()::get).toList();
    }

    /**
     * Takes memory and prepares the steps.
     *
     * @throws dev.backlight.engine.shape.DeviceMemoryException when there is no room for it, or none is left for the results of a
     *     run; what has been taken is to be released
     */
    void prepare(List<Step> steps, Map<Storage, Storage> constants, @Nullable Scope home) {
        places.putAll(constants);
        for (DeviceArray input : inputs) {
            take(input, home);
        }
        Set<Storage> ports = LiveSteps.storages(wanted);
        for (Step step : steps) {
            if (schedule.isResult(step)) {
                take(step.output(), home);
                if (ports.contains(step.result())) {
                    results.put(step.result(), step.output());
                }
            }
        }
        List<Execution> executions = schedule.executions(steps, places);
        executions.forEach(execution -> execution.inputs().forEach(input -> read.add(input.storage())));
        run = backend.prepare(executions);
        requireRoomForResults();
    }

    /** Takes what a run will take, and gives it back at once. */
    private void requireRoomForResults() {
        try (Scope _ = Scope.open()) {
            results.values().forEach(result -> backend.allocate(result.dtype(), result.shape()));
        }
    }

    /**
     * Computes from these inputs, which fit; results are new arrays in the innermost open scope, save constants.
     *
     * @throws dev.backlight.engine.shape.DeviceMemoryException when there is no room for the results any more
     */
    List<DeviceArray> run(List<DeviceArray> given) {
        PreparedRun ready = run;
        if (ready == null) {
            throw new IllegalStateException("not prepared");
        }
        read.forEach(Storage::memory);
        Map<Storage, Storage> here = new HashMap<>(places);
        for (int i = 0; i < inputs.size(); i++) {
            copy(given.get(i), placed(inputs.get(i)));
        }
        ready.run();
        try (Scope scope = Scope.open()) {
            results.forEach((storage, recorded) -> {
                DeviceArray copy = backend.allocate(recorded.dtype(), recorded.shape());
                copy(placed(recorded), copy);
                here.put(storage, copy.storage());
            });
            List<DeviceArray> found = new ArrayList<>();
            for (DeviceArray output : wanted) {
                int input = inputNumber(output);
                found.add(scope.keep(input < 0 ? Schedule.at(output, here) : view(output, given.get(input))));
            }
            return found;
        }
    }

    /** Gives the memory back, and what the device keeps. */
    void release(@Nullable Scope owner) {
        if (run != null) {
            run.close();
            run = null;
        }
        if (owner != null) {
            own.forEach(owner::discard);
        }
        own.clear();
    }

    private void take(DeviceArray recorded, @Nullable Scope home) {
        Storage storage = schedule.fresh(recorded, home);
        own.add(storage);
        places.put(recorded.storage(), storage);
    }

    private DeviceArray placed(DeviceArray recorded) {
        return Schedule.at(recorded, places);
    }

    private void copy(DeviceArray from, DeviceArray to) {
        backend.execute(new Primitive.Cast(), List.of(from), to);
    }

    private int inputNumber(DeviceArray output) {
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).storage() == output.storage()) {
                return i;
            }
        }
        return -1;
    }

    /** What the recording returned of an input, of the input that was given. */
    private static DeviceArray view(DeviceArray output, DeviceArray given) {
        Buffer part =
                given.buffer().slice(output.buffer().offset(), output.buffer().length());
        return new DeviceArray(output.shape(), part);
    }
}
