package dev.backlight.models.onnx.graph;

import dev.backlight.engine.io.NamedArray;
import java.util.List;

/** The value of a node's attribute. */
public sealed interface Attribute {
    /** A number of floating point. */
    record Real(double value) implements Attribute {}

    /** A whole number; truth values are 0 and 1. */
    record Whole(long value) implements Attribute {}

    /** A string, such as a mode. */
    record Text(String value) implements Attribute {}

    /** A list of numbers of floating point. */
    record Reals(List<Double> values) implements Attribute {
        public Reals {
            values = List.copyOf(values);
        }
    }

    /** A list of whole numbers. */
    record Wholes(List<Long> values) implements Attribute {
        public Wholes {
            values = List.copyOf(values);
        }
    }

    /** A list of strings. */
    record Texts(List<String> values) implements Attribute {
        public Texts {
            values = List.copyOf(values);
        }
    }

    /** A tensor. */
    record Array(NamedArray value) implements Attribute {}

    /** A kind that no supported operator reads, such as a subgraph. */
    record Unread(String kind) implements Attribute {}
}
