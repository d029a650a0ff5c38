package dev.backlight.models.weights;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** Which array of a state dict belongs to which parameter. Either every one fits, or all that do not are named at once. */
final class WeightMatch {
    /** PyTorch counts batches in every BatchNorm; no network here needs to know. */
    private static final String BATCH_COUNT = "num_batches_tracked";

    /** Scale, shift, mean and variance. */
    private static final int NORMALISATION = 4;
    /** What every normalisation of the zoo adds to its variance. */
    private static final float EPSILON = 1e-5f;

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

    /**
     * The first parameter takes the first array of floating point, and so on. Where exporters have folded a normalisation
     * into the convolution before it, the convolution's bias becomes the shift of one that changes nothing else.
     */
    static SequencedMap<String, NamedArray> byOrder(Map<String, Shape> wanted, StateDict weights, String source) {
        WeightMatch match = new WeightMatch();
        List<NamedArray> arrays = weights.arrays().values().stream()
                .filter(array -> array.dtype().isFloating())
                .toList();
        List<Map.Entry<String, Shape>> parameters = List.copyOf(wanted.entrySet());
        int position = 0;
        for (int i = 0; i < parameters.size(); i++) {
            Map.Entry<String, Shape> parameter = parameters.get(i);
            if (isFolded(parameters, i, arrays, position)) {
                match.foldedNormalisation(parameters.subList(i, i + NORMALISATION), arrays.get(position));
                i += NORMALISATION - 1;
            } else if (position < arrays.size()) {
                match.pair(parameter.getKey(), parameter.getValue(), arrays.get(position));
            } else {
                match.missing.add(parameter.getKey() + " (" + parameter.getValue() + ")");
            }
            position++;
        }
        arrays.stream().skip(position).forEach(array -> match.surplus.add(array.name() + " (" + array.shape() + ")"));
        return match.complete(source);
    }

    /** Whether the network goes on with a normalisation, but the file with a bias in the place of all its vectors. */
    private static boolean isFolded(
            List<Map.Entry<String, Shape>> parameters, int i, List<NamedArray> arrays, int position) {
        boolean isNormalisation = i > 0
                && parameters.get(i - 1).getValue().rank() > 1
                && i + NORMALISATION <= parameters.size()
                && parameters.get(i + 2).getKey().endsWith("running_mean");
        if (!isNormalisation || position >= arrays.size()) {
            return false;
        }
        long wanted = vectors(parameters.stream().skip(i).map(Map.Entry::getValue));
        long found = vectors(arrays.stream().skip(position).map(NamedArray::shape));
        return found == wanted - (NORMALISATION - 1)
                && arrays.get(position).shape().equals(parameters.get(i).getValue());
    }

    private static long vectors(Stream<Shape> shapes) {
        return shapes.takeWhile(shape -> shape.rank() == 1).count();
    }

    /** Scale, shift, mean and variance that add the bias and change nothing else. */
    private void foldedNormalisation(List<Map.Entry<String, Shape>> parameters, NamedArray bias) {
        float[] constants = {1, 0, 0, 1 - EPSILON};
        for (int i = 0; i < NORMALISATION; i++) {
            String name = parameters.get(i).getKey();
            float[] values = new float[bias.size()];
            Arrays.fill(values, constants[i]);
            matched.put(name, i == 1 ? bias : NamedArray.of("folded into " + bias.name(), bias.shape(), values));
        }
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
