package dev.backlight.models.onnx;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import dev.backlight.models.onnx.graph.ValueInfo;
import dev.backlight.models.onnx.graph.ValueInfo.Dimension;
import dev.backlight.models.onnx.operator.OperatorRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The constants of a folded graph that are weights: arrays of floating numbers that operators compute with, in the order in
 * which the graph reads them. Single numbers, and settings such as the bounds of a Clip, are none.
 *
 * @param arrays the weights by name; whoever takes them may take them out
 * @param statistics the names of those that normalisations have measured rather than learned
 */
record Weights(SequencedMap<String, NamedArray> arrays, Set<String> statistics) {
    /** The inputs of BatchNormalization that hold mean and variance. */
    private static final Set<Integer> MEASURED = Set.of(3, 4);

    static Weights of(Graph graph, OperatorRegistry registry) {
        SequencedMap<String, NamedArray> arrays = new LinkedHashMap<>();
        Set<String> statistics = new HashSet<>();
        for (Node node : graph.nodes()) {
            List<Integer> settings = registry.find(graph, node)
                    .map(OperatorRegistry.Entry::settings)
                    .orElse(List.of());
            for (int i = 0; i < node.inputs().size(); i++) {
                String name = node.inputs().get(i);
                NamedArray array = graph.initialisers().get(name);
                if (array == null || settings.contains(i) || !isWeight(array)) {
                    continue;
                }
                arrays.putIfAbsent(name, array);
                if (node.opType().equals("BatchNormalization") && MEASURED.contains(i)) {
                    statistics.add(name);
                }
            }
        }
        return new Weights(arrays, statistics);
    }

    private static boolean isWeight(NamedArray array) {
        return array.dtype().isFloating() && array.shape().rank() > 0;
    }

    /** The graph with the weights as further inputs, so that folding leaves alone what depends on them. */
    Graph asInputsOf(Graph graph) {
        List<ValueInfo> inputs = new ArrayList<>(graph.inputs());
        SequencedMap<String, NamedArray> others = new LinkedHashMap<>(graph.initialisers());
        arrays.forEach((name, array) -> {
            others.remove(name);
            List<Dimension> sizes = Arrays.stream(array.shape().sizes())
                    .mapToObj(size -> new Dimension(OptionalInt.of(size), ""))
                    .toList();
            inputs.add(new ValueInfo(name, Optional.of(array.dtype()), Optional.of(sizes)));
        });
        return graph.withInputs(inputs, others);
    }
}
