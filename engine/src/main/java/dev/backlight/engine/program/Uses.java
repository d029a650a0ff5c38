package dev.backlight.engine.program;

import dev.backlight.engine.backend.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who makes and who reads the storages of a list of steps. */
final class Uses {
    private final Map<Storage, Integer> makers = new HashMap<>();
    private final Map<Storage, List<Integer>> readers = new HashMap<>();

    Uses(List<Step> steps) {
        for (int i = 0; i < steps.size(); i++) {
            makers.put(steps.get(i).result(), i);
            for (Storage storage : LiveSteps.storages(steps.get(i).inputs())) {
                readers.computeIfAbsent(storage, key -> new ArrayList<>()).add(i);
            }
        }
    }

    /** The step that makes the storage, −1 for none of these. */
    int maker(Storage storage) {
        return makers.getOrDefault(storage, -1);
    }

    /** The steps that read the storage, ascending. */
    List<Integer> readers(Storage storage) {
        return readers.getOrDefault(storage, List.of());
    }

    /** Whether nobody but step {@code reader} wants the storage. */
    boolean isReadOnlyBy(int reader, Storage storage, Set<Storage> kept) {
        List<Integer> all = readers(storage);
        return all.size() == 1 && all.getFirst() == reader && !kept.contains(storage);
    }
}
