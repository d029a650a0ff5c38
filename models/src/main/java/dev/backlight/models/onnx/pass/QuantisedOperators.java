package dev.backlight.models.onnx.pass;

import dev.backlight.engine.shape.UnsupportedOpException;
import dev.backlight.models.onnx.graph.Attribute;
import dev.backlight.models.onnx.graph.Attributes;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rewrites operators that compute with quantised numbers as their dequantised inputs, the ordinary operator, and the
 * quantised result: their weights become weights like any others once constants are folded, and rules for convolutions
 * and linear layers meet them.
 */
public final class QuantisedOperators {
    private static final String MICROSOFT = "com.microsoft";
    private static final int SOFTMAX_OF_ONE_AXIS = 13;

    /** The operators that are rewritten, those of com.microsoft with their domain. */
    public static final Set<String> REWRITTEN = Set.of(
            "QLinearConv",
            "QLinearMatMul",
            "ConvInteger",
            "MatMulInteger",
            MICROSOFT + ".QLinearAdd",
            MICROSOFT + ".QLinearMul",
            MICROSOFT + ".QLinearSigmoid",
            MICROSOFT + ".QLinearLeakyRelu",
            MICROSOFT + ".QLinearGlobalAveragePool",
            MICROSOFT + ".QLinearAveragePool",
            MICROSOFT + ".QLinearSoftmax",
            MICROSOFT + ".QGemm",
            MICROSOFT + ".QLinearConcat");

    private final List<Node> nodes = new ArrayList<>();

    private final int opset;

    private QuantisedOperators(int opset) {
        this.opset = opset;
    }

    /** The same graph without such operators. */
    public static Graph rewrite(Graph graph) {
        boolean hasAny = graph.nodes().stream().anyMatch(QuantisedOperators::isQuantised);
        if (!hasAny) {
            return graph;
        }
        QuantisedOperators rewriting = new QuantisedOperators(graph.opset(""));
        graph.nodes().forEach(rewriting::visit);
        return graph.with(graph.initialisers(), rewriting.nodes);
    }

    private static boolean isQuantised(Node node) {
        String name = node.domain().isEmpty() ? node.opType() : node.domain() + "." + node.opType();
        return REWRITTEN.contains(name);
    }

    private void visit(Node node) {
        if (!isQuantised(node)) {
            nodes.add(node);
            return;
        }
        switch (node.opType()) {
            case "QLinearConv" -> convolution(node);
            case "QLinearMatMul" -> result(node, "MatMul", 6, dequantised(node, 0, 1, 2), dequantised(node, 3, 4, 5));
            case "ConvInteger" -> integers(node, "Conv");
            case "MatMulInteger" -> integers(node, "MatMul");
            case "QLinearAdd" -> result(node, "Add", 6, dequantised(node, 0, 1, 2), dequantised(node, 3, 4, 5));
            case "QLinearMul" -> result(node, "Mul", 6, dequantised(node, 0, 1, 2), dequantised(node, 3, 4, 5));
            case "QLinearSigmoid" -> result(node, "Sigmoid", 3, dequantised(node, 0, 1, 2));
            case "QLinearLeakyRelu" -> result(node, "LeakyRelu", 3, dequantised(node, 0, 1, 2));
            case "QLinearGlobalAveragePool" -> result(node, "GlobalAveragePool", 3, dequantised(node, 0, 1, 2));
            case "QLinearAveragePool" -> result(node, "AveragePool", 3, dequantised(node, 0, 1, 2));
            case "QLinearSoftmax" -> softmax(node);
            case "QGemm" -> product(node);
            default -> concat(node);
        }
    }

    /** The bias counts in steps of the product of both scales. */
    private void convolution(Node node) {
        String x = dequantised(node, 0, 1, 2);
        String w = dequantised(node, 3, 4, 5, 0);
        if (!has(node, 8)) {
            result(node, "Conv", 6, x, w);
            return;
        }
        String scale = add(node, "Mul", "bias_scale", Attributes.NONE, input(node, 1), input(node, 4));
        String bias = add(node, "DequantizeLinear", "bias", axis(0), input(node, 8), scale);
        result(node, "Conv", 6, x, w, bias);
    }

    /** The attribute says by which version's rule axes are normalised: together, or one alone. */
    private void softmax(Node node) {
        boolean isOfOneAxis = node.attributes().integer("opset", opset) >= SOFTMAX_OF_ONE_AXIS;
        if (isOfOneAxis != opset >= SOFTMAX_OF_ONE_AXIS) {
            throw new UnsupportedOpException(
                    "node " + node + " normalises by another version's rule than that of the model's operator set");
        }
        result(without(node, "opset"), "Softmax", 3, dequantised(node, 0, 1, 2));
    }

    /** The addend counts in steps of the product of both scales; without a scale of its own the result is real. */
    private void product(Node node) {
        String a = dequantised(node, 0, 1, 2);
        String b = dequantised(node, 3, 4, 5, node.attributes().flag("transB", false) ? 0 : 1);
        List<String> inputs = new ArrayList<>(List.of(a, b));
        if (has(node, 6)) {
            String scale = add(node, "Mul", "addend_scale", Attributes.NONE, input(node, 1), input(node, 4));
            String alpha = add(node, "Constant", "alpha", real(node.attributes().real("alpha", 1)));
            String step = add(node, "Mul", "addend_step", Attributes.NONE, scale, alpha);
            inputs.add(add(node, "DequantizeLinear", "addend", axis(0), input(node, 6), step));
        }
        if (has(node, 7)) {
            result(node, "Gemm", 7, inputs.toArray(String[]::new));
        } else {
            nodes.add(new Node("Gemm", "", node.name(), inputs, node.outputs(), node.attributes()));
        }
    }

    private static Attributes real(double value) {
        return new Attributes(Map.of("value_float", new Attribute.Real(value)));
    }

    private static Node without(Node node, String attribute) {
        Map<String, Attribute> others = new HashMap<>(node.attributes().byName());
        others.remove(attribute);
        return new Node(
                node.opType(), node.domain(), node.name(), node.inputs(), node.outputs(), new Attributes(others));
    }

    private void concat(Node node) {
        List<String> parts = new ArrayList<>();
        for (int i = 2; i + 2 < node.inputs().size(); i += 3) {
            parts.add(dequantised(node, i, i + 1, i + 2));
        }
        result(node, "Concat", 0, parts.toArray(String[]::new));
    }

    /** Whole numbers less their zero points; the result is a whole number that nobody scales. */
    private void integers(Node node, String opType) {
        String x = centred(node, 0, 2, "x");
        String w = centred(node, 1, 3, "w");
        nodes.add(new Node(opType, "", node.name(), List.of(x, w), node.outputs(), node.attributes()));
    }

    private String centred(Node node, int value, int origin, String label) {
        String one = add(node, "Constant", label + "_one", ONE);
        return has(node, origin)
                ? add(node, "DequantizeLinear", label, axis(0), input(node, value), one, input(node, origin))
                : add(node, "DequantizeLinear", label, axis(0), input(node, value), one);
    }

    private static final Attributes ONE = new Attributes(Map.of("value_float", new Attribute.Real(1)));

    private String dequantised(Node node, int value, int scale, int origin) {
        return dequantised(node, value, scale, origin, 1);
    }

    private String dequantised(Node node, int value, int scale, int origin, int axis) {
        String label = "dequantised_" + value;
        return has(node, origin)
                ? add(
                        node,
                        "DequantizeLinear",
                        label,
                        axis(axis),
                        input(node, value),
                        input(node, scale),
                        input(node, origin))
                : add(node, "DequantizeLinear", label, axis(axis), input(node, value), input(node, scale));
    }

    /** The ordinary operator, and its result on the grid whose scale is input {@code scale}. */
    private void result(Node node, String opType, int scale, String... inputs) {
        if (node.attributes().flag("channels_last", false)) {
            throw new UnsupportedOpException(
                    "node " + node + " has its channels in the last axis, which is not supported;"
                            + " export the model with images N×C×H×W");
        }
        Map<String, Attribute> own = new HashMap<>(node.attributes().byName());
        own.remove("channels_last");
        String real = node.outputs().getFirst() + "_real";
        nodes.add(new Node(opType, "", node.name(), Arrays.asList(inputs), List.of(real), new Attributes(own)));
        List<String> read = has(node, scale + 1)
                ? List.of(real, input(node, scale), input(node, scale + 1))
                : List.of(real, input(node, scale));
        nodes.add(new Node("QuantizeLinear", "", node.name() + "_quantised", read, node.outputs(), Attributes.NONE));
    }

    private String add(Node node, String opType, String label, Attributes attributes, String... inputs) {
        String output = node.outputs().getFirst() + "_" + label;
        nodes.add(new Node(opType, "", node.name() + "_" + label, Arrays.asList(inputs), List.of(output), attributes));
        return output;
    }

    private static Attributes axis(int axis) {
        return new Attributes(Map.of("axis", new Attribute.Whole(axis)));
    }

    private static boolean has(Node node, int input) {
        return input < node.inputs().size() && !node.inputs().get(input).isEmpty();
    }

    private static String input(Node node, int i) {
        return node.inputs().get(i);
    }
}
