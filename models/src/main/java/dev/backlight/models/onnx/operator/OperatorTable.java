package dev.backlight.models.onnx.operator;

import dev.backlight.models.onnx.pass.QuantisedOperators;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.stream.Collectors;

/** The supported operators as a page of documentation. */
public final class OperatorTable {
    /** Operators whose result jumps or is an index: nothing is sent back. */
    private static final Set<String> FLAT = Set.of(
            "And",
            "ArgMax",
            "ArgMin",
            "Ceil",
            "Constant",
            "ConstantOfShape",
            "Equal",
            "EyeLike",
            "Floor",
            "Greater",
            "GreaterOrEqual",
            "Hardmax",
            "IsInf",
            "IsNaN",
            "Less",
            "LessOrEqual",
            "NonZero",
            "Not",
            "Or",
            "Range",
            "Round",
            "Shape",
            "Sign",
            "Size",
            "Xor");

    /** Operators that round, and whose gradient goes straight through the rounding. */
    private static final Set<String> STRAIGHT_THROUGH = Set.of("QuantizeLinear", "DynamicQuantizeLinear");

    private OperatorTable() {}

    /** The page, in Markdown. */
    public static String markdown() {
        StringBuilder page =
                new StringBuilder("""
                # ONNX operators

                This page is written by `OperatorTable` from the table that the importer works with; a test fails when it is
                out of date (`mvn test -pl tests -am -Dtest=OperatorPageTest -Dsurefire.failIfNoSpecifiedTests=false
                -Dbacklight.docs=write` writes it anew).

                Models may use ONNX's operator sets %d to %d. Every operator is computed in Backlight's own ops, so it runs on
                every backend and its gradients exist to any order, unless its result jumps. A column names the inputs that must
                be known once the shapes of the model's inputs are: constants, or what follows from shapes. All floating types
                are computed in F32 (or F64 where that is asked for), all integer types and truth values in 64 bits. Training
                modes (of BatchNormalization and Dropout), strings, sequences, loops and recurrent operators are refused with a
                sentence that names the node.

                | Operator | since opset | gradients | constant inputs |
                |---|---|---|---|
                """.formatted(OperatorRegistry.OLDEST_OPSET, OperatorRegistry.NEWEST_OPSET));
        OperatorRegistry.standard().entries().forEach((key, versions) -> page.append(row(key.opType(), versions)));
        page.append("""

                These compute with quantised numbers directly and are rewritten as their dequantised inputs, the ordinary operator
                and the quantised result:
                """);
        page.append(QuantisedOperators.REWRITTEN.stream()
                        .sorted()
                        .map(name -> "`" + name + "`")
                        .collect(Collectors.joining(", ")))
                .append(".\n");
        return page.toString();
    }

    private static String row(String name, NavigableMap<Integer, OperatorRegistry.Entry> versions) {
        String since = versions.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "));
        return "| %s | %s | %s | %s |%n"
                .formatted(name, since, gradients(name), constants(versions))
                .replace(System.lineSeparator(), "\n");
    }

    private static String gradients(String name) {
        if (name.equals("If")) {
            return "those of the branch";
        }
        if (STRAIGHT_THROUGH.contains(name)) {
            return "straight through";
        }
        return FLAT.contains(name) ? "zero" : "any order";
    }

    private static String constants(NavigableMap<Integer, OperatorRegistry.Entry> versions) {
        List<String> parts = new ArrayList<>();
        versions.forEach((since, entry) -> {
            if (!entry.settings().isEmpty()) {
                String inputs = entry.settings().stream().map(String::valueOf).collect(Collectors.joining(", "));
                parts.add(versions.size() > 1 ? inputs + " (from " + since + ")" : inputs);
            }
        });
        return String.join("; ", parts);
    }
}
