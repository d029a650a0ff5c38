package dev.backlight.models.onnx;

import dev.backlight.engine.autodiff.NamePath;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import dev.backlight.models.onnx.operator.Invocation;
import dev.backlight.models.onnx.operator.Operand;
import dev.backlight.models.onnx.operator.OperatorRegistry;
import dev.backlight.models.onnx.operator.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs a folded graph on a backend. Its few constants are put there once, when they are first computed with. */
final class Execution {
    private final Graph graph;
    private final OperatorRegistry registry;
    private final Target target;
    private final Map<String, Tensor> uploaded = new HashMap<>();

    Execution(Graph graph, OperatorRegistry registry, Target target) {
        this.graph = graph;
        this.registry = registry;
        this.target = target;
    }

    /** The graph's outputs for the values of all its inputs. */
    List<Tensor> run(Map<String, Tensor> inputs) {
        Map<String, Tensor> values = new HashMap<>(inputs);
        for (Node node : graph.nodes()) {
            List<Tensor> results = NamePath.within(node.name(), () -> registry.apply(invocation(node, values)));
            for (int i = 0; i < node.outputs().size(); i++) {
                if (!node.outputs().get(i).isEmpty()) {
                    values.put(node.outputs().get(i), results.get(i));
                }
            }
        }
        return graph.outputs().stream()
                .map(output -> operand(output.name(), values).tensor().get())
                .toList();
    }

    private Invocation invocation(Node node, Map<String, Tensor> values) {
        List<Optional<Operand>> operands = node.inputs().stream()
                .map(name -> name.isEmpty() ? Optional.<Operand>empty() : Optional.of(operand(name, values)))
                .toList();
        return new Invocation(graph, node, target, operands);
    }

    private Operand operand(String name, Map<String, Tensor> values) {
        NamedArray constant = graph.initialisers().get(name);
        if (constant != null) {
            return new Operand(constant, () -> constant(name, constant));
        }
        Tensor value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("no node has made " + name);
        }
        return new Operand(null, () -> value);
    }

    private synchronized Tensor constant(String name, NamedArray array) {
        return uploaded.computeIfAbsent(name, key -> {
            Tensor tensor = target.upload(array);
            Scope.adopt(tensor.storage(), null);
            return tensor;
        });
    }
}
