package dev.backlight.models.onnx.pass;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.io.HeapBudget;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.models.onnx.graph.Attribute;
import dev.backlight.models.onnx.graph.Attributes;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import dev.backlight.models.onnx.graph.TopologicalOrder;
import dev.backlight.models.onnx.graph.ValueInfo;
import dev.backlight.models.onnx.operator.Invocation;
import dev.backlight.models.onnx.operator.Limits;
import dev.backlight.models.onnx.operator.Operand;
import dev.backlight.models.onnx.operator.OperatorRegistry;
import dev.backlight.models.onnx.operator.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Computes what follows from constants alone, and, where the shapes of the inputs are known, from shapes: the tangle of
 * Shape, Gather, Slice and Concat around a Reshape or Pad that exporters write disappears before anything runs. Shapes are
 * found by running the remaining nodes once on a backend without memory; whatever a shape depends on is a constant by
 * then, otherwise the operator that needs it says so.
 */
public final class ConstantFolding {
    private static final Target HOST = new Target(new ReferenceBackend(), Optional.empty());

    private final Graph graph;
    private final OperatorRegistry registry;
    private final Backend shapesOnly = new ShapesOnlyBackend();
    private final Target dry;
    private final SequencedMap<String, NamedArray> constants;
    private final Map<String, ElementType> types;
    private final Map<String, Tensor> shaped = new HashMap<>();
    private final Map<String, String> aliases = new HashMap<>();
    private final List<Node> kept = new ArrayList<>();
    private final HeapBudget budget;

    private ConstantFolding(Graph graph, OperatorRegistry registry, DType floats) {
        this.graph = graph;
        this.registry = registry;
        this.dry = new Target(shapesOnly, Optional.of(floats));
        this.constants = new LinkedHashMap<>(graph.initialisers());
        this.types = new HashMap<>(graph.types());
        this.budget = new HeapBudget(graph.name());
    }

    /** A graph without foldable nodes, and the shapes of all its values that were found. */
    public record Folded(Graph graph, Map<String, Shape> shapes) {
        public Folded {
            shapes = Map.copyOf(shapes);
        }
    }

    /** Folds what follows from constants alone. */
    public static Graph fold(Graph graph, OperatorRegistry registry) {
        return new ConstantFolding(graph, registry, DType.F32).run(Map.of()).graph();
    }

    /**
     * Folds what follows from constants and the shapes of all inputs.
     *
     * @throws dev.backlight.engine.shape.ShapeException naming the node whose inputs do not fit
     * @throws dev.backlight.engine.shape.UnsupportedOpException naming a node that needs a constant and has none
     */
    public static Folded fold(Graph graph, OperatorRegistry registry, DType floats, Map<String, Shape> inputs) {
        return new ConstantFolding(graph, registry, floats).run(inputs);
    }

    private Folded run(Map<String, Shape> inputs) {
        try (Scope scope = Scope.open()) {
            for (ValueInfo input : graph.inputs()) {
                Shape shape = inputs.get(input.name());
                if (shape != null) {
                    DType dtype = dry.computed(input.dtype().orElse(DType.F32));
                    shaped.put(input.name(), Tensor.full(shapesOnly, dtype, shape, 0));
                }
            }
            graph.nodes().forEach(this::visit);
            Map<String, Shape> shapes = new HashMap<>();
            shaped.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
            constants.forEach((name, array) -> shapes.put(name, array.shape()));
            return new Folded(DeadNodes.drop(graph.with(constants, kept).withTypes(types)), shapes);
        }
    }

    private void visit(Node original) {
        Node node = original.reading(name -> aliases.getOrDefault(name, name));
        List<String> inputs =
                node.inputs().stream().filter(name -> !name.isEmpty()).toList();
        boolean isConstant = constants.keySet().containsAll(inputs);
        boolean isShaped = inputs.stream().allMatch(name -> shaped.containsKey(name) || constants.containsKey(name));
        if (node.opType().equals("If")
                && node.domain().isEmpty()
                && constants.containsKey(node.inputs().getFirst())) {
            inline(node);
        } else if (isConstant && isRenaming(node)) {
            aliases.put(node.outputs().getFirst(), node.inputs().getFirst());
        } else if ((isConstant && !isBranching(node)) || (isShaped && isOfShapes(node))) {
            foldAway(node);
        } else {
            kept.add(node);
            if (isShaped) {
                findShapes(node);
            }
        }
    }

    /** The branch that a constant condition takes stands in the place of the If; its values get names of their own. */
    private void inline(Node node) {
        boolean isTaken = operand(node.inputs().getFirst(), HOST).tensor().get().item() != 0;
        Attribute.Body branch = node.attributes()
                .body(isTaken ? "then_branch" : "else_branch")
                .orElseThrow(() -> new ModelFormatException(graph.name() + ": node " + node + " lacks a branch"));
        Map<String, String> names = new HashMap<>(Map.of("", ""));
        List<String> captures = node.attributes().texts(Attribute.CAPTURES);
        int first = node.inputs().size() - captures.size();
        for (int i = 0; i < captures.size(); i++) {
            names.put(captures.get(i), node.inputs().get(first + i));
        }
        UnaryOperator<String> rename = name -> names.computeIfAbsent(name, own -> renamed(node, own));
        branch.initialisers().forEach((name, array) -> constants.put(rename.apply(name), array));
        for (Node inner : TopologicalOrder.of(graph.name(), branch.nodes(), given(branch, captures))) {
            visit(inner.renamed(node.name() + "/" + inner.name(), rename));
        }
        for (int i = 0; i < Math.min(node.outputs().size(), branch.outputs().size()); i++) {
            String result = rename.apply(branch.outputs().get(i));
            List<String> output = List.of(node.outputs().get(i));
            visit(new Node("Identity", "", node.name(), List.of(result), output, Attributes.NONE));
        }
    }

    private String renamed(Node node, String own) {
        String name = node.name() + "/" + own;
        ElementType type = graph.types().get(own);
        if (type != null) {
            types.put(name, type);
        }
        return name;
    }

    private static Set<String> given(Attribute.Body branch, List<String> captures) {
        Set<String> given = new HashSet<>(captures);
        given.addAll(branch.initialisers().keySet());
        return given;
    }

    /** Several names of one initialiser remain one, so that shared weights stay shared. */
    private boolean isRenaming(Node node) {
        Set<String> outputs = graph.outputs().stream().map(ValueInfo::name).collect(Collectors.toSet());
        return node.opType().equals("Identity")
                && node.domain().isEmpty()
                && !outputs.contains(node.outputs().getFirst());
    }

    private static boolean isBranching(Node node) {
        return node.attributes().has(Attribute.CAPTURES);
    }

    private boolean isOfShapes(Node node) {
        return registry.find(graph, node).map(OperatorRegistry.Entry::ofShapes).orElse(false);
    }

    private void foldAway(Node node) {
        try (Scope scope = Scope.open()) {
            if (isShapedWithoutMemory(node)) {
                registry.apply(invocation(node, dry)).forEach(result -> requireFit(node, result.shape()));
            }
            List<Tensor> results = registry.apply(invocation(node, HOST));
            for (int i = 0; i < node.outputs().size(); i++) {
                String name = node.outputs().get(i);
                if (!name.isEmpty()) {
                    budget.take("node " + node, results.get(i).shape().elements() * Double.BYTES);
                    constants.put(name, download(name, results.get(i)));
                }
            }
        }
    }

    private void findShapes(Node node) {
        List<Tensor> results = registry.apply(invocation(node, dry));
        results.forEach(result -> requireFit(node, result.shape()));
        for (int i = 0; i < node.outputs().size(); i++) {
            if (!node.outputs().get(i).isEmpty()) {
                shaped.put(node.outputs().get(i), results.get(i));
            }
        }
    }

    /** Sizes that follow from a file's numbers are known before anything of that size is allocated. */
    private void requireFit(Node node, Shape shape) {
        try {
            Limits.elements(shape.elements());
        } catch (ShapeException e) {
            throw new ShapeException(graph.name() + ": node " + node + " " + e.getMessage(), e);
        }
    }

    /** A node of constants alone; one of shapes has its settings from tensors that have none. */
    private boolean isShapedWithoutMemory(Node node) {
        return !isOfShapes(node)
                && node.inputs().stream().allMatch(name -> name.isEmpty() || constants.containsKey(name));
    }

    private Invocation invocation(Node node, Target target) {
        List<Optional<Operand>> operands = node.inputs().stream()
                .map(name -> name.isEmpty() ? Optional.<Operand>empty() : Optional.of(operand(name, target)))
                .toList();
        return new Invocation(graph, node, target, operands);
    }

    private Operand operand(String name, Target target) {
        NamedArray constant = constants.get(name);
        if (constant != null) {
            return new Operand(constant, () -> target.upload(constant));
        }
        Tensor tensor = shaped.get(name);
        if (tensor == null) {
            throw new IllegalStateException("the shape of " + name + " is not known");
        }
        return new Operand(null, () -> tensor);
    }

    private static NamedArray download(String name, Tensor tensor) {
        return switch (tensor.dtype()) {
            case F32 -> NamedArray.of(name, tensor.shape(), tensor.toFloats());
            case F64 -> NamedArray.of(name, tensor.shape(), tensor.toDoubles());
            case I64 -> NamedArray.of(name, tensor.shape(), tensor.toLongs());
        };
    }
}
