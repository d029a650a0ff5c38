package dev.backlight.engine.program;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Storage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which steps results need, and which steps need something. */
final class LiveSteps {
    private LiveSteps() {}

    /** The steps without which some of the results would be missing, in their order. */
    static List<Step> neededBy(Collection<DeviceArray> results, List<Step> steps) {
        Set<Storage> needed = storages(results);
        List<Step> live = new ArrayList<>();
        for (Step step : steps.reversed()) {
            if (needed.contains(step.result())) {
                live.add(step);
                step.inputs().forEach(input -> needed.add(input.storage()));
            }
        }
        return live.reversed();
    }

    /** What the given storages decide: themselves and the results of all steps that depend on them. */
    static Set<Storage> dependentOn(Collection<DeviceArray> arrays, List<Step> steps) {
        Set<Storage> dependent = storages(arrays);
        for (Step step : steps) {
            if (step.inputs().stream().anyMatch(input -> dependent.contains(input.storage()))) {
                dependent.add(step.result());
            }
        }
        return dependent;
    }

    /** What the steps read that exists already: constants of the recording. */
    static Set<Storage> foreign(List<Step> steps) {
        Set<Storage> foreign = new HashSet<>();
        steps.forEach(step -> foreign.addAll(storages(step.inputs())));
        foreign.removeIf(Storage::isPlaceholder);
        return foreign;
    }

    static Set<Storage> storages(Collection<DeviceArray> arrays) {
        Set<Storage> storages = new HashSet<>();
        arrays.forEach(array -> storages.add(array.storage()));
        return storages;
    }
}
