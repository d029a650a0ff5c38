package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Execution;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which numbers of the device depend on launches in doubt: their results, and all that has been computed from these. NaN
 * would not say it: a comparison, a maximum or an index makes plain numbers of it, and adjoints add nothing in its place.
 */
final class Doubts {
    /** Elements of a block. */
    private record Part(long from, long to, Set<Doubt> doubts) {}

    /** Blocks come and go with every step; those that are gone are forgotten. */
    private final Map<Storage, List<Part>> parts = new WeakHashMap<>();

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** What these numbers depend on. */
    Set<Doubt> of(Buffer numbers) {
        long from = numbers.offset();
        long to = from + numbers.length();
        Set<Doubt> found = Set.of();
        for (Part part : parts.getOrDefault(numbers.storage(), List.of())) {
            if (part.from < to && part.to > from) {
                found = union(found, part.doubts);
            }
        }
        return found;
    }

    /** An execution has been launched, on its own account in doubt if {@code own} is given. */
    void follow(Execution done, @Nullable Doubt own) {
        if (own == null && parts.isEmpty()) {
            return;
        }
        Set<Doubt> doubts = own == null ? Set.of() : Set.of(own);
        for (DeviceArray input : done.inputs()) {
            doubts = union(doubts, of(input.buffer()));
        }
        if (changesInPlace(done.primitive())) {
            doubts = union(doubts, of(done.output().buffer()));
            for (DeviceArray state : done.inputs()) {
                written(state.buffer(), doubts);
            }
        }
        written(done.output().buffer(), doubts);
    }

    /** Optimisers' steps read what they write: the output, and the state among the inputs. */
    private static boolean changesInPlace(Primitive primitive) {
        return primitive instanceof Primitive.AdamStep || primitive instanceof Primitive.SgdStep;
    }

    /** These elements have been written, all of them, with numbers that depend on so much and on nothing else. */
    void written(Buffer elements, Set<Doubt> doubts) {
        List<Part> before = parts.getOrDefault(elements.storage(), List.of());
        if (elements.length() == 0 || (before.isEmpty() && doubts.isEmpty())) {
            return;
        }
        long from = elements.offset();
        long to = from + elements.length();
        List<Part> after = new ArrayList<>();
        for (Part part : before) {
            if (part.from < from) {
                after.add(new Part(part.from, Math.min(part.to, from), part.doubts));
            }
            if (part.to > to) {
                after.add(new Part(Math.max(part.from, to), part.to, part.doubts));
            }
        }
        if (!doubts.isEmpty()) {
            after.add(new Part(from, to, doubts));
        }
        replace(elements.storage(), after);
    }

    /** All doubts are settled: of what depends on them, that remains whose launches were wrong. */
    void settle() {
        for (Map.Entry<Storage, List<Part>> block : new ArrayList<>(parts.entrySet())) {
            replace(
                    block.getKey(),
                    block.getValue().stream()
                            .flatMap(part -> settled(part).stream())
                            .toList());
        }
    }

    private static List<Part> settled(Part part) {
        Set<Doubt> wrong = new LinkedHashSet<>(part.doubts);
        wrong.removeIf(doubt -> doubt.sentence() == null);
        return wrong.isEmpty() ? List.of() : List.of(new Part(part.from, part.to, wrong));
    }

    private void replace(Storage block, List<Part> by) {
        if (by.isEmpty()) {
            parts.remove(block);
        } else {
            parts.put(block, by);
        }
    }

    private static Set<Doubt> union(Set<Doubt> some, Set<Doubt> others) {
        if (some.containsAll(others)) {
            return some;
        }
        if (some.isEmpty()) {
            return others;
        }
        Set<Doubt> all = new LinkedHashSet<>(some);
        all.addAll(others);
        return all;
    }
}
