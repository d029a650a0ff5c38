package dev.backlight.models.onnx.pass;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * BatchNormalization with stored statistics, and arithmetic with constants per channel, disappear into the weights and bias
 * of the Conv, ConvTranspose or Gemm before them; or of the Conv or Gemm after them, where at most means over positions lie
 * between. A Conv after them that pads would have to pad with what the normalisation makes of 0; so it takes in a scale
 * only. For networks whose weights are no longer trained.
 */
public final class FoldedNormalisations {
    private static final Set<String> LINEAR = Set.of("Conv", "ConvTranspose", "Gemm");
    private final Graph graph;
    private final Uses uses;
    private final SequencedMap<String, NamedArray> initialisers;
    private final Map<Node, Optional<Node>> replaced = new HashMap<>();
    private final Map<String, String> aliases = new HashMap<>();

    private FoldedNormalisations(Graph graph) {
        this.graph = graph;
        this.uses = new Uses(graph);
        this.initialisers = new LinkedHashMap<>(graph.initialisers());
    }

    /** The same graph with as few normalisations as possible. */
    public static Graph fold(Graph graph) {
        Graph before = graph;
        while (true) {
            Graph into = new FoldedNormalisations(before).intoPrevious();
            Graph after = new FoldedNormalisations(into).intoNext();
            if (after.nodes().size() == before.nodes().size()) {
                return after;
            }
            before = after;
        }
    }

    private Graph intoPrevious() {
        for (Node norm : graph.nodes()) {
            for (String input : norm.inputs()) {
                uses.onlyFor(input).filter(this::hasOwnWeights).ifPresent(linear -> {
                    LinearWeights weights = weights(linear);
                    PerChannel.of(norm, initialisers, weights.rank(), weights.outputs())
                            .filter(channels ->
                                    norm.inputs().get(channels.data()).equals(input))
                            .ifPresent(channels -> foldAfter(linear, weights, channels, norm));
                });
            }
        }
        return rewritten();
    }

    private Graph intoNext() {
        for (Node linear : graph.nodes()) {
            if (!linear.opType().equals("ConvTranspose") && hasOwnWeights(linear)) {
                source(linear).ifPresent(norm -> foldBefore(linear, norm));
            }
        }
        return rewritten();
    }

    /** What makes a node's input, but for means over positions in between, which keep {@code k·x + d} of each channel. */
    private Optional<Node> source(Node linear) {
        Optional<Node> maker = uses.onlyFor(linear.inputs().getFirst());
        boolean isFlat = false;
        while (maker.isPresent() && maker.get().domain().isEmpty()) {
            Node node = maker.get();
            boolean isGlobal = node.opType().equals("GlobalAveragePool");
            boolean isFlatten =
                    node.opType().equals("Flatten") && node.attributes().integer("axis", 1) == 1;
            if (isFlat && !isGlobal) {
                // Only of one position per channel do features in a row count channels.
                return Optional.empty();
            }
            if (!isGlobal && !isFlatten && !isMean(node)) {
                return maker;
            }
            isFlat = isFlatten;
            maker = uses.onlyFor(node.inputs().getFirst());
        }
        return Optional.empty();
    }

    private static boolean isMean(Node node) {
        return node.opType().equals("AveragePool")
                && (!isPadded(node) || !node.attributes().flag("count_include_pad", false));
    }

    private Graph rewritten() {
        List<Node> nodes = new ArrayList<>();
        for (Node node : graph.nodes()) {
            replaced.getOrDefault(node, Optional.of(node))
                    .map(kept -> kept.reading(name -> aliases.getOrDefault(name, name)))
                    .ifPresent(nodes::add);
        }
        return DeadNodes.drop(graph.with(initialisers, nodes));
    }

    /** Whether a node is linear with constant weights that no other node reads, and no factor of its own. */
    private boolean hasOwnWeights(Node node) {
        boolean isPlain = !node.opType().equals("Gemm")
                || (node.attributes().real("alpha", 1) == 1
                        && node.attributes().real("beta", 1) == 1
                        && !node.attributes().flag("transA", false));
        return node.domain().isEmpty()
                && LINEAR.contains(node.opType())
                && isPlain
                && !replaced.containsKey(node)
                && node.inputs().stream()
                        .skip(1)
                        .allMatch(name -> initialisers.containsKey(name) && uses.isReadOnce(name))
                && (node.inputs().size() < 3
                        || array(node.inputs().get(2)).size() == weights(node).outputs());
    }

    private static boolean isPadded(Node node) {
        String autoPad = node.attributes().text("auto_pad", "NOTSET");
        boolean isStated =
                node.attributes().wholes("pads").orElse(List.of()).stream().anyMatch(pad -> pad != 0);
        return isStated || autoPad.startsWith("SAME");
    }

    private LinearWeights weights(Node linear) {
        return new LinearWeights(linear, array(linear.inputs().get(1)));
    }

    /** {@code k·(W·x + b) + d = (k·W)·x + (k·b + d)}. */
    private void foldAfter(Node linear, LinearWeights weights, PerChannel channels, Node norm) {
        if (replaced.containsKey(linear)) {
            return;
        }
        double[] bias = bias(linear);
        for (int i = 0; i < bias.length; i++) {
            bias[i] = bias[i] * channels.scale()[i] + channels.shift()[i];
        }
        replace(
                linear,
                weights,
                weights.scaledOutputs(channels.scale()),
                bias,
                norm.outputs().getFirst());
        replaced.put(norm, Optional.empty());
    }

    /** {@code W·(k·x + d) + b = (W·k)·x + (b + W·d)}. */
    private void foldBefore(Node linear, Node norm) {
        LinearWeights weights = weights(linear);
        boolean pads = linear.opType().equals("Conv") && isPadded(linear);
        int rank = linear.opType().equals("Gemm") ? 0 : weights.rank();
        PerChannel.of(norm, initialisers, rank, weights.inputs())
                .filter(channels -> !(pads && channels.isShifted()))
                .filter(channels -> !replaced.containsKey(norm) && keepsChannels(norm, channels))
                .ifPresent(channels -> {
                    double[] bias = bias(linear);
                    weights.addResponse(bias, channels.shift());
                    NamedArray scaled = weights.scaledInputs(channels.scale());
                    replace(linear, weights, scaled, bias, linear.outputs().getFirst());
                    replaced.put(norm, Optional.empty());
                    aliases.put(norm.outputs().getFirst(), norm.inputs().get(channels.data()));
                });
    }

    /** Whether x has the channels of the result: constants might also spread one channel over several. */
    private boolean keepsChannels(Node norm, PerChannel channels) {
        int count = channels.scale().length;
        String data = norm.inputs().get(channels.data());
        return norm.opType().equals("BatchNormalization")
                || array(norm.inputs().get(1 - channels.data())).size() == 1
                || graph.inputs().stream()
                        .filter(input -> input.name().equals(data))
                        .flatMap(input -> input.dimensions().stream())
                        .anyMatch(
                                sizes -> sizes.size() > 1 && sizes.get(1).size().orElse(0) == count);
    }

    private void replace(Node linear, LinearWeights weights, NamedArray scaled, double[] bias, String output) {
        String weightName = linear.inputs().get(1);
        String biasName = linear.inputs().size() > 2 ? linear.inputs().get(2) : weightName + "_bias";
        initialisers.put(weightName, scaled);
        initialisers.put(biasName, weights.narrowed(biasName, Shape.of(bias.length), bias));
        List<String> inputs = List.of(linear.inputs().getFirst(), weightName, biasName);
        Node folded =
                new Node(linear.opType(), linear.domain(), linear.name(), inputs, List.of(output), linear.attributes());
        replaced.put(linear, Optional.of(folded));
    }

    private double[] bias(Node linear) {
        return linear.inputs().size() > 2
                ? array(linear.inputs().get(2)).doubles().clone()
                : new double[weights(linear).outputs()];
    }

    private NamedArray array(String name) {
        NamedArray array = initialisers.get(name);
        if (array == null) {
            throw new IllegalStateException(name + " is no constant");
        }
        return array;
    }
}
