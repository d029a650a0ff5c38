package dev.backlight.models.onnx.graph;

import dev.backlight.engine.io.NamedArray;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

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

    /**
     * A subgraph, such as a branch of an If. The names that it reads from around it are further inputs of its node, see
     * {@link #CAPTURES}.
     *
     * @param outputs the names of its results
     */
    record Body(SequencedMap<String, NamedArray> initialisers, List<Node> nodes, List<String> outputs)
            implements Attribute {
        public Body {
            initialisers = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(initialisers));
            nodes = List.copyOf(nodes);
            outputs = List.copyOf(outputs);
        }
    }

    /** The attribute that holds, for the last inputs of a node with subgraphs, the names by which those know them. */
    String CAPTURES = "captures";

    /** A kind that no supported operator reads, such as a subgraph. */
    record Unread(String kind) implements Attribute {}
}
