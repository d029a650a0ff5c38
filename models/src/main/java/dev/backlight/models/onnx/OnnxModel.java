package dev.backlight.models.onnx;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.nn.Initializer;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.op.Concat;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.program.Recorder;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.onnx.graph.ValueInfo;
import dev.backlight.models.onnx.operator.OperatorRegistry;
import dev.backlight.models.onnx.operator.Target;
import dev.backlight.models.onnx.pass.ConstantFolding;
import dev.backlight.models.onnx.pass.Passes;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * An ONNX graph as a layer. Its weights are parameters under their names in the file, in the order in which the graph reads
 * them; every node's ops carry the node's name as name path. It computes what the file says for inference, in training
 * passes too: dropout drops nothing and stored statistics stay.
 *
 * <p>Shapes that the file leaves open are bound by the input: the first run with a shape folds what depends on shapes and
 * keeps the result for later runs.
 */
public final class OnnxModel extends Layer {
    private static final int BINDINGS_KEPT = 8;

    private final Graph graph;
    private final List<ValueInfo> inputs;
    private final OperatorRegistry registry;
    private final Target home;
    private final SequencedMap<String, Parameter> weights = new LinkedHashMap<>();
    private final Map<Binding, Execution> bound = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Binding, Execution> eldest) {
            return size() > BINDINGS_KEPT;
        }
    };

    private record Binding(Target target, List<Shape> shapes) {}

    /**
     * A graph whose weights have become inputs, and those weights: no more of the file, so that nothing else keeps the
     * arrays from which weights have been made.
     */
    private record Prepared(List<ValueInfo> inputs, Graph graph, Weights weights, OperatorRegistry registry) {
        static Prepared of(Graph file) {
            OperatorRegistry registry = OperatorRegistry.standard();
            Graph live = Passes.standard(file);
            registry.requireSupported(live);
            Graph folded = ConstantFolding.fold(live, registry);
            Weights found = Weights.of(folded, registry);
            return new Prepared(file.inputs(), found.asInputsOf(folded), found, registry);
        }
    }

    /** A graph with its weights on a backend, in the type that the model then computes in. */
    private OnnxModel(Prepared prepared, Backend backend, DType floats) {
        this.registry = prepared.registry();
        this.inputs = prepared.inputs();
        this.graph = prepared.graph();
        this.home = new Target(backend, Optional.of(floats));
        Weights found = prepared.weights();
        // One after the other leaves the heap for the device: both copies of all weights at once would double the
        // memory.
        for (var next = found.arrays().pollFirstEntry();
                next != null;
                next = found.arrays().pollFirstEntry()) {
            weights.put(next.getKey(), weight(next.getKey(), next.getValue(), found, home));
        }
    }

    private Parameter weight(String name, NamedArray array, Weights found, Target target) {
        Shape shape = array.shape();
        long fan = shape.elements() / Math.max(1, shape.size(0));
        Parameter parameter = found.statistics().contains(name)
                ? statistic(name, shape, Initializer.zeros())
                : parameter(name, shape, Initializer.uniformByFan((int) Math.max(1, fan)));
        try (Scope scope = Scope.open()) {
            parameter.set(scope.keep(target.upload(array)));
        }
        return parameter;
    }

    /**
     * Reads a file.
     *
     * @param floats F32, or F64 for checking; numbers of any floating type in the file are converted
     * @throws dev.backlight.engine.shape.ModelFormatException where the file is missing, damaged, of another format, or its
     *     graph is not sound
     * @throws dev.backlight.engine.shape.UnsupportedOpException naming all operators that are not supported
     * @throws DeviceMemoryException where the heap or the device is too small for it
     */
    public static OnnxModel load(Path file, Backend backend, DType floats) {
        try {
            return new OnnxModel(Prepared.of(OnnxFile.read(file)), backend, floats);
        } catch (OutOfMemoryError e) {
            throw new DeviceMemoryException(
                    file + ": the " + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MB of the Java heap are not enough to load it; raise the heap with -Xmx",
                    e);
        }
    }

    /** A model of a graph that has been read. */
    public static OnnxModel of(Graph graph, Backend backend, DType floats) {
        return new OnnxModel(Prepared.of(graph), backend, floats);
    }

    /** What the model must be given, in the order of {@link #run}. */
    public List<ValueInfo> inputs() {
        return inputs;
    }

    /** What the model computes, in the order of {@link #run}. */
    public List<ValueInfo> outputs() {
        return graph.outputs();
    }

    /**
     * The first output for the only input. Scores {@code N×K×1×1}, as fully convolutional classifiers give them, come as
     * {@code N×K}.
     *
     * <p>A model exported for batches of one runs larger batches one by one.
     *
     * @throws ShapeException where the model has several inputs or none, or x does not have the shape that the file states
     */
    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        if (inputs.size() != 1) {
            throw new ShapeException(
                    graph.name() + " takes " + inputs.size() + " inputs (" + inputs + "), not one; give them to run");
        }
        boolean isBatch = x.shape().rank() > 0 && x.shape().size(0) > 1;
        Shape one = isBatch ? x.shape().with(0, 1) : x.shape();
        ValueInfo input = inputs.getFirst();
        if (!isBatch || input.admits(x.shape()) || !input.admits(one)) {
            return scores(run(List.of(x), pass).getFirst());
        }
        Tensor[] results = new Tensor[x.shape().size(0)];
        for (int i = 0; i < results.length; i++) {
            results[i] = scores(run(List.of(Ops.slice(x, 0, i, i + 1)), pass).getFirst());
        }
        return new Concat(0).on(results);
    }

    private static Tensor scores(Tensor output) {
        Shape shape = output.shape();
        boolean isFlat = shape.rank() == 4 && shape.size(2) == 1 && shape.size(3) == 1;
        return isFlat ? Ops.reshape(output, Shape.of(shape.size(0), shape.size(1))) : output;
    }

    /**
     * All outputs for all inputs.
     *
     * @throws ShapeException where an input does not have the shape that the file states, or inputs do not fit each other,
     *     naming the node
     */
    public List<Tensor> run(List<Tensor> given, Pass pass) {
        Map<String, Tensor> values = new HashMap<>();
        if (given.size() != inputs.size()) {
            throw new ShapeException(
                    graph.name() + " takes " + inputs.size() + " inputs, but " + given.size() + " were given");
        }
        for (int i = 0; i < given.size(); i++) {
            requireAdmitted(inputs.get(i), given.get(i).shape());
            values.put(inputs.get(i).name(), given.get(i));
        }
        weights.forEach((name, parameter) -> values.put(name, pass.value(parameter)));
        return execution(given).run(values);
    }

    private void requireAdmitted(ValueInfo input, Shape found) {
        if (!input.admits(found)) {
            throw new ShapeException(graph.name() + " expects the input " + input + ", but found shape " + found);
        }
    }

    private synchronized Execution execution(List<Tensor> given) {
        List<Shape> shapes = given.stream().map(Tensor::shape).toList();
        Target target = target(given);
        return bound.computeIfAbsent(new Binding(target, shapes), this::bind);
    }

    private Execution bind(Binding binding) {
        Map<String, Shape> byName = new HashMap<>();
        weights.forEach((name, parameter) -> byName.put(name, parameter.shape()));
        for (int i = 0; i < inputs.size(); i++) {
            byName.put(inputs.get(i).name(), binding.shapes().get(i));
        }
        DType floats = binding.target().computed(DType.F32);
        // The first run with a shape may be one that is being recorded; finding shapes is no part of it.
        Graph folded = Recorder.aside(
                () -> ConstantFolding.fold(graph, registry, floats, byName).graph());
        return new Execution(folded, registry, binding.target());
    }

    /** Where the inputs are, in their type; a model without inputs stays where it was loaded. */
    private Target target(List<Tensor> given) {
        Backend backend = given.isEmpty() ? home.backend() : given.getFirst().backend();
        Optional<DType> floats =
                given.stream().map(Tensor::dtype).filter(DType::isFloating).findFirst();
        return new Target(backend, floats.or(home::floats));
    }
}
