package dev.backlight.engine.program;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.DeviceMemoryException;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The selections of a program that its device does at one command. The first run is always step by step, so that a program
 * that runs once, or whose constants change between runs, costs no preparation, and the device has met every kernel. Where the
 * device cannot prepare it, the program goes on step by step: for good, or, where only memory is short, until it has given its
 * memory back.
 */
final class Preparations {
    private enum Refusal {
        NONE,
        FOR_WANT_OF_MEMORY,
        FOR_GOOD
    }

    private final Backend backend;
    private final Schedule schedule;
    private final @Nullable Scope home;
    private final Ports ports;

    /** Empty after one run. */
    private final Map<List<Integer>, Optional<PreparedSelection>> selections = new HashMap<>();

    private Refusal refusal = Refusal.NONE;

    Preparations(Backend backend, Schedule schedule, @Nullable Scope home, Ports ports) {
        this.backend = backend;
        this.schedule = schedule;
        this.home = home;
        this.ports = ports;
    }

    /** The selection ready to run, or null when it is to run step by step. */
    @Nullable
    PreparedSelection of(int[] numbers, List<Step> steps, Map<Storage, Storage> constants) {
        if (!backend.prepares() || steps.isEmpty() || refusal != Refusal.NONE) {
            return null;
        }
        List<Integer> key = Arrays.stream(numbers).boxed().toList();
        Optional<PreparedSelection> known = selections.get(key);
        if (known == null) {
            selections.put(key, Optional.empty());
            return null;
        }
        if (known.isEmpty()) {
            known = prepare(numbers, steps, constants);
            selections.put(key, known);
        }
        return known.orElse(null);
    }

    /** Forgets all; what they were prepared with is about to change its place. */
    void release(@Nullable Scope owner) {
        selections.values().forEach(one -> one.ifPresent(selection -> selection.release(owner)));
        selections.clear();
        if (refusal == Refusal.FOR_WANT_OF_MEMORY) {
            refusal = Refusal.NONE;
        }
    }

    /** A prepared selection has found no room for its results: step by step they need no copies. */
    void giveUp(DeviceMemoryException failure) {
        release(home);
        refuse(Refusal.FOR_WANT_OF_MEMORY, Level.DEBUG, failure);
    }

    private Optional<PreparedSelection> prepare(int[] numbers, List<Step> steps, Map<Storage, Storage> constants) {
        PreparedSelection selection = new PreparedSelection(backend, schedule, ports, numbers);
        try {
            selection.prepare(steps, constants, home);
            return Optional.of(selection);
        } catch (DeviceMemoryException e) {
            selection.release(home);
            refuse(Refusal.FOR_WANT_OF_MEMORY, Level.DEBUG, e);
        } catch (DeviceException e) {
            selection.release(home);
            refuse(Refusal.FOR_GOOD, Level.WARNING, e);
        } catch (RuntimeException e) {
            selection.release(home);
            throw e;
        }
        return Optional.empty();
    }

    private void refuse(Refusal reason, Level level, DeviceException failure) {
        refusal = reason;
        System.getLogger(Preparations.class.getName())
                .log(level, "A repeated program stays slower, step by step: {0}", failure.getMessage());
    }
}
