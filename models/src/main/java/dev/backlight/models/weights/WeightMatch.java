package dev.backlight.models.weights;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Which array of a state dict belongs to which parameter. Either every one fits, or all that do not are named at once. */
final class WeightMatch {
    /** PyTorch counts batches in every BatchNorm; no network here needs to know. */
    private static final String BATCH_COUNT = "num_batches_tracked";

    private final SequencedMap<String, NamedArray> matched = new LinkedHashMap<>();
    private final List<String> missing = new ArrayList<>();
    private final List<String> surplus = new ArrayList<>();
    private final List<String> misshapen = new ArrayList<>();

    private WeightMatch() {}

    /** Parameters take the arrays of their names. */
    static SequencedMap<String, NamedArray> byName(Map<String, Shape> wanted, StateDict weights, String source) {
        WeightMatch match = new WeightMatch();
        wanted.forEach((name, shape) -> {
            if (weights.contains(name)) {
                match.pair(name, shape, weights.get(name));
            } else {
                match.missing.add(name + " (" + shape + ")");
            }
        });
        weights.arrays().values().stream()
                .filter(array -> !wanted.containsKey(array.name()) && !isBatchCount(array))
                .forEach(array -> match.surplus.add(array.name() + " (" + array.shape() + ")"));
        return match.complete(source);
    }

    /** The first parameter takes the first array of floating point, and so on. */
    static SequencedMap<String, NamedArray> byOrder(Map<String, Shape> wanted, StateDict weights, String source) {
        WeightMatch match = new WeightMatch();
        List<NamedArray> arrays = weights.arrays().values().stream()
                .filter(array -> array.dtype().isFloating())
                .toList();
        int position = 0;
        for (Map.Entry<String, Shape> parameter : wanted.entrySet()) {
            if (position < arrays.size()) {
                match.pair(parameter.getKey(), parameter.getValue(), arrays.get(position));
            } else {
                match.missing.add(parameter.getKey() + " (" + parameter.getValue() + ")");
            }
            position++;
        }
        arrays.stream()
                .skip(wanted.size())
                .forEach(array -> match.surplus.add(array.name() + " (" + array.shape() + ")"));
        return match.complete(source);
    }

    private static boolean isBatchCount(NamedArray array) {
        return array.name().equals(BATCH_COUNT) || array.name().endsWith("." + BATCH_COUNT);
    }

    private void pair(String name, Shape shape, NamedArray array) {
        if (shape.equals(array.shape())) {
            matched.put(name, array);
        } else {
            String other = name.equals(array.name()) ? "" : array.name() + " of ";
            misshapen.add(name + " (expected " + shape + ", found " + other + array.shape() + ")");
        }
    }

    private SequencedMap<String, NamedArray> complete(String source) {
        List<String> faults = new ArrayList<>();
        addFault(faults, "missing", missing);
        addFault(faults, "surplus", surplus);
        addFault(faults, "misshapen", misshapen);
        if (!faults.isEmpty()) {
            throw new ModelFormatException("the weights of " + source + " do not fit the network: "
                    + String.join("; ", faults) + "; choose the architecture that they were trained for");
        }
        for (NamedArray array : matched.values()) {
            requireFinite(array, source);
        }
        return matched;
    }

    private static void addFault(List<String> faults, String kind, List<String> names) {
        if (!names.isEmpty()) {
            faults.add(names.size() + " " + kind + ": " + Lists.some(names));
        }
    }

    /** A network with a NaN in it explains nothing, but would still draw maps. */
    private static void requireFinite(NamedArray array, String source) {
        for (int i = 0; i < array.size(); i++) {
            if (!Double.isFinite(array.doubleAt(i))) {
                throw new ModelFormatException("the weights of " + source + " are unusable: array " + array.name()
                        + " holds " + array.doubleAt(i) + " at position " + i + " (a diverged training?)");
            }
        }
    }
}
