package dev.backlight.engine.backend;

import java.util.Arrays;

/** An immutable list of one int per axis, with value equality. */
public final class AxisList {
    private final int[] values;

    private AxisList(int[] values) {
        this.values = values;
    }

    public static AxisList of(int... values) {
        return new AxisList(values.clone());
    }

    public int get(int axis) {
        return values[axis];
    }

    public int size() {
        return values.length;
    }

    public int[] toArray() {
        return values.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AxisList list && Arrays.equals(values, list.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
