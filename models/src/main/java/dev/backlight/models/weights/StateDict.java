package dev.backlight.models.weights;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.ModelFormatException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;

/** The weights of a network: arrays by name, in the order in which the file has them. Immutable. */
public final class StateDict {
    private final SequencedMap<String, NamedArray> arrays;

    private StateDict(SequencedMap<String, NamedArray> arrays) {
        this.arrays = Collections.unmodifiableSequencedMap(arrays);
    }

    /**
     * A state dict of these arrays, in their order.
     *
     * @throws ModelFormatException where two arrays have the same name
     */
    public static StateDict of(Collection<NamedArray> arrays) {
        SequencedMap<String, NamedArray> byName = new LinkedHashMap<>();
        for (NamedArray array : arrays) {
            if (byName.put(array.name(), array) != null) {
                throw new ModelFormatException("the weights name " + array.name() + " twice");
            }
        }
        return new StateDict(byName);
    }

    public SequencedMap<String, NamedArray> arrays() {
        return arrays;
    }

    public List<String> names() {
        return List.copyOf(arrays.keySet());
    }

    public boolean contains(String name) {
        return arrays.containsKey(name);
    }

    /**
     * The array of this name.
     *
     * @throws ModelFormatException where there is none
     */
    public NamedArray get(String name) {
        NamedArray array = arrays.get(name);
        if (array == null) {
            throw new ModelFormatException("the weights hold no array " + name + ", only " + Lists.some(names()));
        }
        return array;
    }

    public int size() {
        return arrays.size();
    }

    /** The number of elements of all arrays together. */
    public long elements() {
        return arrays.values().stream()
                .mapToLong(array -> array.shape().elements())
                .sum();
    }

    /**
     * The same arrays without a prefix that all their names share, such as {@code "module."} of PyTorch's DataParallel;
     * unchanged where any name lacks it.
     */
    public StateDict withoutPrefix(String prefix) {
        boolean shared = arrays.keySet().stream().allMatch(name -> name.startsWith(prefix));
        return shared ? renamed(name -> name.substring(prefix.length())) : this;
    }

    /**
     * The same arrays under other names.
     *
     * @throws ModelFormatException where two names become one
     */
    public StateDict renamed(UnaryOperator<String> rename) {
        return of(arrays.values().stream()
                .map(array -> array.renamed(rename.apply(array.name())))
                .toList());
    }

    /** For example {@code 3 arrays, 1184 numbers}. */
    @Override
    public String toString() {
        return size() + " arrays, " + elements() + " numbers";
    }
}
