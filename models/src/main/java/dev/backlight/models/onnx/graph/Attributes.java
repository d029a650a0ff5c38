package dev.backlight.models.onnx.graph;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.ModelFormatException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The attributes of a node by name. The getters throw {@link ModelFormatException} where an attribute is of another kind
 * than its operator defines.
 */
public record Attributes(Map<String, Attribute> byName) {
    /** No attributes. */
    public static final Attributes NONE = new Attributes(Map.of());

    public Attributes {
        byName = Map.copyOf(byName);
    }

    public boolean has(String name) {
        return byName.containsKey(name);
    }

    public long whole(String name, long otherwise) {
        return find(name, Attribute.Whole.class).map(Attribute.Whole::value).orElse(otherwise);
    }

    /** A whole number that must fit an int: an axis, a count. */
    public int integer(String name, int otherwise) {
        return narrow(name, whole(name, otherwise));
    }

    /** Whether a whole number, where 0 means no, says yes. */
    public boolean flag(String name, boolean otherwise) {
        return whole(name, otherwise ? 1 : 0) != 0;
    }

    public double real(String name, double otherwise) {
        return find(name, Attribute.Real.class).map(Attribute.Real::value).orElse(otherwise);
    }

    public String text(String name, String otherwise) {
        return find(name, Attribute.Text.class).map(Attribute.Text::value).orElse(otherwise);
    }

    public Optional<List<Long>> wholes(String name) {
        return find(name, Attribute.Wholes.class).map(Attribute.Wholes::values);
    }

    /** Whole numbers that must fit ints, such as axes. */
    public Optional<int[]> integers(String name) {
        return wholes(name)
                .map(values ->
                        values.stream().mapToInt(value -> narrow(name, value)).toArray());
    }

    public Optional<List<Double>> reals(String name) {
        return find(name, Attribute.Reals.class).map(Attribute.Reals::values);
    }

    /** A list of strings; empty where there is none. */
    public List<String> texts(String name) {
        return find(name, Attribute.Texts.class).map(Attribute.Texts::values).orElse(List.of());
    }

    public Optional<Attribute.Body> body(String name) {
        return find(name, Attribute.Body.class);
    }

    public Optional<NamedArray> array(String name) {
        return find(name, Attribute.Array.class).map(Attribute.Array::value);
    }

    private <T extends Attribute> Optional<T> find(String name, Class<T> kind) {
        Attribute attribute = byName.get(name);
        if (attribute == null) {
            return Optional.empty();
        }
        if (!kind.isInstance(attribute)) {
            throw new ModelFormatException("attribute " + name + " must be of kind " + kind.getSimpleName()
                    + ", but is " + attribute.getClass().getSimpleName());
        }
        return Optional.of(kind.cast(attribute));
    }

    private static int narrow(String name, long value) {
        if (value != (int) value) {
            throw new ModelFormatException("attribute " + name + " must fit 32 bits, but is " + value);
        }
        return (int) value;
    }
}
