package dev.backlight.models.onnx.pass;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.models.onnx.graph.Attribute;
import dev.backlight.models.onnx.graph.Attributes;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Zeros that a Pad puts around images before a convolution become the convolution's own padding. */
public final class PaddedConvolutions {
    private PaddedConvolutions() {}

    /** The same graph with such padding in the convolutions; the Pads are left for {@link DeadNodes}. */
    public static Graph fuse(Graph graph) {
        Uses uses = new Uses(graph);
        List<Node> nodes = new ArrayList<>();
        for (Node node : graph.nodes()) {
            nodes.add(padding(graph, uses, node)
                    .map(pads -> padded(node, pads.values(), pads.source()))
                    .orElse(node));
        }
        return DeadNodes.drop(graph.with(graph.initialisers(), nodes));
    }

    private record Padding(String source, List<Long> values) {}

    /** What a Pad adds to the spatial axes before a convolution that states its own padding. */
    private static Optional<Padding> padding(Graph graph, Uses uses, Node node) {
        String autoPad = node.attributes().text("auto_pad", "NOTSET");
        if (!node.opType().equals("Conv") || !node.domain().isEmpty() || !autoPad.equals("NOTSET")) {
            return Optional.empty();
        }
        Optional<Node> pad = uses.onlyFor(node.inputs().getFirst())
                .filter(maker -> maker.opType().equals("Pad") && maker.domain().isEmpty())
                .filter(maker -> maker.attributes().text("mode", "constant").equals("constant"))
                .filter(maker ->
                        maker.inputs().size() < 4 || maker.inputs().get(3).isEmpty())
                .filter(maker -> isZero(graph, maker));
        return pad.flatMap(maker -> amounts(graph, maker)
                .filter(PaddedConvolutions::isSpatial)
                .map(all -> new Padding(maker.inputs().getFirst(), spatial(all))));
    }

    private static boolean isZero(Graph graph, Node pad) {
        if (pad.inputs().size() < 3 || pad.inputs().get(2).isEmpty()) {
            return pad.attributes().real("value", 0) == 0;
        }
        NamedArray value = graph.initialisers().get(pad.inputs().get(2));
        return value != null && value.size() == 1 && value.doubleAt(0) == 0;
    }

    private static Optional<List<Long>> amounts(Graph graph, Node pad) {
        if (pad.inputs().size() < 2 || pad.inputs().get(1).isEmpty()) {
            return pad.attributes().wholes("pads");
        }
        return Optional.ofNullable(graph.initialisers().get(pad.inputs().get(1)))
                .map(array -> {
                    List<Long> values = new ArrayList<>();
                    for (long value : array.longs()) {
                        values.add(value);
                    }
                    return values;
                });
    }

    /** Images and channels are not padded, and nothing is cut off. */
    private static boolean isSpatial(List<Long> pads) {
        int rank = pads.size() / 2;
        return rank > 2
                && pads.stream().allMatch(pad -> pad >= 0)
                && pads.get(0) == 0
                && pads.get(1) == 0
                && pads.get(rank) == 0
                && pads.get(rank + 1) == 0;
    }

    private static List<Long> spatial(List<Long> pads) {
        int rank = pads.size() / 2;
        List<Long> spatial = new ArrayList<>(pads.subList(2, rank));
        spatial.addAll(pads.subList(rank + 2, 2 * rank));
        return spatial;
    }

    private static Node padded(Node node, List<Long> more, String source) {
        List<Long> own = node.attributes().wholes("pads").orElse(Collections.nCopies(more.size(), 0L));
        List<Long> sum = new ArrayList<>();
        for (int i = 0; i < more.size(); i++) {
            sum.add(own.get(i) + more.get(i));
        }
        Map<String, Attribute> attributes = new HashMap<>(node.attributes().byName());
        attributes.put("pads", new Attribute.Wholes(sum));
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, source);
        return new Node(node.opType(), node.domain(), node.name(), inputs, node.outputs(), new Attributes(attributes));
    }
}
