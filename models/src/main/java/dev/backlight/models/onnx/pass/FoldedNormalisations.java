package dev.backlight.models.onnx.pass;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * BatchNormalization with stored statistics is {@code k·x + d} per channel; so it disappears into the weights of the Conv
 * or Gemm before it, or of an unpadded Conv after it (where padding would have to be d rather than 0). For networks whose
 * weights are no longer trained.
 */
public final class FoldedNormalisations {
    private static final double EPSILON = 1e-5;

    private final Graph graph;
    private final Uses uses;
    private final SequencedMap<String, NamedArray> initialisers;
    private final Map<Node, Optional<Node>> replaced = new HashMap<>();

    private FoldedNormalisations(Graph graph) {
        this.graph = graph;
        this.uses = new Uses(graph);
        this.initialisers = new LinkedHashMap<>(graph.initialisers());
    }

    /** The same graph with as few normalisations as possible. */
    public static Graph fold(Graph graph) {
        Graph before = new FoldedNormalisations(graph).intoPrevious();
        return DeadNodes.drop(new FoldedNormalisations(before).intoNext());
    }

    /** What a normalisation does to each channel. */
    private record Channels(double[] scale, double[] shift) {}

    private Graph intoPrevious() {
        for (Node norm : graph.nodes()) {
            Optional<Channels> channels = channels(norm);
            Optional<Node> linear = channels.flatMap(
                            found -> uses.onlyFor(norm.inputs().getFirst()))
                    .filter(this::hasOwnWeights);
            linear.filter(node -> outputs(node) == channels.orElseThrow().scale().length)
                    .ifPresent(node ->
                            fold(node, channels.orElseThrow(), norm.outputs().getFirst(), norm));
        }
        return rewritten();
    }

    private Graph intoNext() {
        for (Node conv : graph.nodes()) {
            if (!conv.opType().equals("Conv") || !hasOwnWeights(conv) || isPadded(conv)) {
                continue;
            }
            Optional<Node> norm = uses.onlyFor(conv.inputs().getFirst())
                    .filter(node -> channels(node).isPresent())
                    .filter(node -> conv.attributes().integer("group", 1) == 1);
            norm.filter(node -> weights(conv).shape().size(1)
                            == channels(node).orElseThrow().scale().length)
                    .ifPresent(node -> foldBefore(conv, channels(node).orElseThrow(), node));
        }
        return rewritten();
    }

    private Graph rewritten() {
        List<Node> nodes = new ArrayList<>();
        for (Node node : graph.nodes()) {
            replaced.getOrDefault(node, Optional.of(node)).ifPresent(nodes::add);
        }
        return DeadNodes.drop(graph.with(initialisers, nodes));
    }

    /** Of a normalisation whose numbers are all known. */
    private Optional<Channels> channels(Node norm) {
        boolean isNorm = norm.opType().equals("BatchNormalization")
                && norm.domain().isEmpty()
                && !norm.attributes().flag("training_mode", false)
                && norm.attributes().flag("spatial", true)
                && norm.outputs().stream().skip(1).allMatch(String::isEmpty)
                && norm.inputs().stream().skip(1).allMatch(initialisers::containsKey);
        if (!isNorm) {
            return Optional.empty();
        }
        double[][] numbers = norm.inputs().stream()
                .skip(1)
                .map(name -> array(name).doubles())
                .toArray(double[][]::new);
        double epsilon = norm.attributes().real("epsilon", EPSILON);
        double[] scale = new double[numbers[0].length];
        double[] shift = new double[scale.length];
        for (int i = 0; i < scale.length; i++) {
            scale[i] = numbers[0][i] / Math.sqrt(numbers[3][i] + epsilon);
            shift[i] = numbers[1][i] - numbers[2][i] * scale[i];
        }
        return Optional.of(new Channels(scale, shift));
    }

    /** Whether a node is linear with constant weights that no other node reads, and no factor of its own. */
    private boolean hasOwnWeights(Node node) {
        boolean isConv = node.opType().equals("Conv");
        boolean isGemm = node.opType().equals("Gemm")
                && node.attributes().real("alpha", 1) == 1
                && node.attributes().real("beta", 1) == 1
                && !node.attributes().flag("transA", false);
        return node.domain().isEmpty()
                && (isConv || isGemm)
                && !replaced.containsKey(node)
                && node.inputs().stream()
                        .skip(1)
                        .allMatch(name -> initialisers.containsKey(name) && uses.isReadOnce(name))
                && (node.inputs().size() < 3 || array(node.inputs().get(2)).size() == outputs(node));
    }

    private static boolean isPadded(Node conv) {
        String autoPad = conv.attributes().text("auto_pad", "NOTSET");
        boolean isStated =
                conv.attributes().wholes("pads").orElse(List.of()).stream().anyMatch(pad -> pad != 0);
        return isStated || autoPad.startsWith("SAME");
    }

    private NamedArray weights(Node linear) {
        return array(linear.inputs().get(1));
    }

    private int outputs(Node linear) {
        return weights(linear).shape().size(outputAxis(linear));
    }

    private static int outputAxis(Node linear) {
        return linear.opType().equals("Gemm") && !linear.attributes().flag("transB", false) ? 1 : 0;
    }

    /** {@code k·(W·x + b) + d = (k·W)·x + (k·b + d)}. */
    private void fold(Node linear, Channels channels, String output, Node norm) {
        NamedArray weights = weights(linear);
        int axis = outputAxis(linear);
        double[] bias = bias(linear);
        for (int i = 0; i < bias.length; i++) {
            bias[i] = bias[i] * channels.scale()[i] + channels.shift()[i];
        }
        replace(
                linear,
                scaled(weights, axis, channels.scale()),
                bias,
                linear.inputs().getFirst(),
                output);
        replaced.put(norm, Optional.empty());
    }

    /** {@code W·(k·x + d) + b = (W·k)·x + (b + Σ W·d)}. */
    private void foldBefore(Node conv, Channels channels, Node norm) {
        NamedArray weights = weights(conv);
        double[] bias = bias(conv);
        int inputs = weights.shape().size(1);
        int taps = weights.size() / (bias.length * inputs);
        for (int i = 0; i < weights.size(); i++) {
            bias[i / (inputs * taps)] += weights.doubleAt(i) * channels.shift()[i / taps % inputs];
        }
        replace(
                conv,
                scaled(weights, 1, channels.scale()),
                bias,
                norm.inputs().getFirst(),
                conv.outputs().getFirst());
        replaced.put(norm, Optional.empty());
    }

    private void replace(Node linear, NamedArray weights, double[] bias, String input, String output) {
        String weightName = linear.inputs().get(1);
        String biasName = linear.inputs().size() > 2 ? linear.inputs().get(2) : weightName + "_bias";
        initialisers.put(weightName, weights);
        initialisers.put(biasName, narrowed(biasName, Shape.of(bias.length), bias, weights.dtype()));
        List<String> inputs = List.of(input, weightName, biasName);
        Node folded =
                new Node(linear.opType(), linear.domain(), linear.name(), inputs, List.of(output), linear.attributes());
        replaced.put(linear, Optional.of(folded));
    }

    private double[] bias(Node linear) {
        return linear.inputs().size() > 2
                ? array(linear.inputs().get(2)).doubles().clone()
                : new double[outputs(linear)];
    }

    private static NamedArray scaled(NamedArray weights, int axis, double... factors) {
        int[] sizes = weights.shape().sizes();
        int inner = (int)
                Shape.of(Arrays.copyOfRange(sizes, axis + 1, sizes.length)).elements();
        double[] values = new double[weights.size()];
        Arrays.setAll(values, i -> weights.doubleAt(i) * factors[i / inner % sizes[axis]]);
        return narrowed(weights.name(), weights.shape(), values, weights.dtype());
    }

    private static NamedArray narrowed(String name, Shape shape, double[] values, DType dtype) {
        NamedArray wide = NamedArray.of(name, shape, values);
        return dtype == DType.F64 ? wide : NamedArray.of(name, shape, wide.floats());
    }

    private NamedArray array(String name) {
        NamedArray array = initialisers.get(name);
        if (array == null) {
            throw new IllegalStateException(name + " is no constant");
        }
        return array;
    }
}
