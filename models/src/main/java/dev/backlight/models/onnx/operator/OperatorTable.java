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

    /** Operators that do better with a constant input (negative bases have gradients then) and do without. */
    private static final Set<String> NOT_NEEDED = Set.of("Pow");

    private static final String PASSES = """

            ## Graph passes

            On import, weights and results stay as the file has them: dead nodes, Identity and Dropout, and what is computed
            twice disappear (`DeadNodes`, `Identities`, `CommonSubexpressions`), quantised operators are rewritten as above
            (`QuantisedOperators`), local functions are inlined, and what follows from constants, or from shapes once they are
            known, is computed before anything runs (`ConstantFolding`), which also takes the branch of an If.

            `backlight convert --fold` writes a network whose weights are no longer trained with fewer nodes:

            - `PaddedConvolutions`: a Pad with zeros becomes the padding of the Conv after it.
            - `FoldedNormalisations`: BatchNormalization, and Mul, Div, Add and Sub by constants per channel, go into the Conv,
              ConvTranspose or Gemm before them (so Conv + Add of a bias is one node), or into the Conv or Gemm after them,
              over AveragePool, GlobalAveragePool and Flatten in between.

            Some things are left alone on purpose:

            - BatchNormalization in front of a rectifier, as in DenseNet: relu(k·x + d) is not linear in x, so no weights of
              the convolution behind it give the same.
            - BatchNormalization in front of a Conv that pads, unless it only scales: the border would have to be padded with
              what the normalisation makes of 0, another number for each channel.
            - A residual Add and a Relu into the Conv before them: a rule replaces what a Relu sends back, and Grad-CAM looks
              at its output, so each stays an op that they can find. What runs repeatedly is recorded as a program first, and
              there the three are one pass over memory ([why](adr/0003-programs-are-recorded-not-executed.md)).
            """;

    private OperatorTable() {}

    /** The page, in Markdown. */
    public static String markdown() {
        StringBuilder page =
                new StringBuilder("""
                # ONNX operators

                This page is written by `OperatorTable` from the table that the importer works with; a test fails when it is
                out of date (`mvn test -pl tests -am -Dtest=OperatorPageTest -Dsurefire.failIfNoSpecifiedTests=false
                -Dbacklight.docs=write` writes it anew).

                Models may use ONNX's operator sets %d to %d: ONNX's own node tests hold those up to 17, single nodes in ONNX
                Runtime those from 18 to 22. Every operator is computed in Backlight's own ops, and these in primitives that
                every backend has (one that lacked a primitive would not compile), so its gradients exist to any order,
                unless its result jumps. The last column names the inputs that must be known once the shapes of the model's
                inputs are: constants, or what follows from shapes. All floating types are computed in F32 (or F64 where that
                is asked for), all integer types and truth values in 64 bits; initialisers may have any floating type from 8
                to 64 bits and any integer type from 4 to 64. Dropout that drops, strings, sequences, loops and recurrent
                operators are refused with a sentence that names the node.

                | Operator | since opset | gradients | backends | constant inputs |
                |---|---|---|---|---|
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
                .append(".\n")
                .append(PASSES);
        return page.toString();
    }

    private static String row(String name, NavigableMap<Integer, OperatorRegistry.Entry> versions) {
        String since = versions.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "));
        return "| %s | %s | %s | all | %s |%n"
                .formatted(name, since, gradients(name), NOT_NEEDED.contains(name) ? "" : constants(versions))
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
