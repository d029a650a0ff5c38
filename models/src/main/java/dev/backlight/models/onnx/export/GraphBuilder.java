package dev.backlight.models.onnx.export;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.models.onnx.graph.Attribute;
import dev.backlight.models.onnx.graph.Attributes;
import dev.backlight.models.onnx.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/** Collects nodes and initialisers under names that are each used once. */
final class GraphBuilder {
    private final Map<DeviceArray, String> named = new HashMap<>();
    private final IdentityHashMap<Application, String> values = new IdentityHashMap<>();
    private final SequencedMap<String, NamedArray> initialisers = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Set<String> names = new HashSet<>(Set.of(OnnxExport.INPUT, OnnxExport.OUTPUT, ""));
    private final Tensor input;

    GraphBuilder(Layer network, Tensor input, Tensor output) {
        this.input = input;
        Application last = output.application();
        if (last != null) {
            values.put(last, OnnxExport.OUTPUT);
        }
        network.state().forEach(this::register);
    }

    private void register(String name, Parameter parameter) {
        names.add(name);
        named.putIfAbsent(parameter.value().array(), name);
    }

    SequencedMap<String, NamedArray> initialisers() {
        return initialisers;
    }

    List<Node> nodes() {
        return nodes;
    }

    Site at(Application application) {
        return new Site(this, application);
    }

    /** The name of a tensor's value; numbers that nothing on the tape has made become an initialiser. */
    String value(Tensor tensor) {
        Application madeBy = tensor.application();
        if (madeBy != null) {
            return values.computeIfAbsent(madeBy, made -> unique(label(made) + ".out"));
        }
        return tensor.tape() == input.tape() && tensor.tape() != null ? OnnxExport.INPUT : constant(tensor);
    }

    private String constant(Tensor tensor) {
        String name = named.computeIfAbsent(tensor.array(), key -> unique("constant"));
        initialisers.computeIfAbsent(name, key -> download(key, tensor));
        return name;
    }

    String constant(NamedArray array) {
        String name = unique(array.name());
        initialisers.put(name, array.renamed(name));
        return name;
    }

    void add(String name, String opType, List<String> inputs, String output, Map<String, Attribute> attributes) {
        nodes.add(new Node(opType, "", unique(name), inputs, List.of(output), new Attributes(attributes)));
    }

    /** The name itself, or with the first free number where it is taken. */
    String unique(String name) {
        String free = name;
        for (int number = 1; !names.add(free); number++) {
            free = name + "_" + number;
        }
        return free;
    }

    static String label(Application application) {
        return application.path().isEmpty() ? application.op().name() : application.path();
    }

    private static NamedArray download(String name, Tensor tensor) {
        return switch (tensor.dtype()) {
            case F32 -> NamedArray.of(name, tensor.shape(), tensor.toFloats());
            case F64 -> NamedArray.of(name, tensor.shape(), tensor.toDoubles());
            case I64 -> NamedArray.of(name, tensor.shape(), tensor.toLongs());
        };
    }
}
