package dev.backlight.models.onnx.operator;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.UnsupportedOpException;
import dev.backlight.models.onnx.graph.Attributes;
import dev.backlight.models.onnx.graph.ElementTypes;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A node about to be computed: its attributes, its inputs, and the version of the operator set that defines it. */
public final class Invocation {
    private final Node node;
    private final int opset;
    private final Map<String, ElementType> types;
    private final Target target;
    private final List<Optional<Operand>> operands;

    /** @param operands one per input of the node; empty for optional inputs left out */
    public Invocation(Graph graph, Node node, Target target, List<Optional<Operand>> operands) {
        this.node = node;
        this.opset = graph.opset(node.domain());
        this.types = graph.types();
        this.target = target;
        this.operands = List.copyOf(operands);
    }

    public Node node() {
        return node;
    }

    public int opset() {
        return opset;
    }

    public Attributes attributes() {
        return node.attributes();
    }

    public Backend backend() {
        return target.backend();
    }

    /** The number of inputs, counting those left out in between. */
    public int inputs() {
        return operands.size();
    }

    public boolean has(int input) {
        return input < operands.size() && operands.get(input).isPresent();
    }

    /** An input to compute with. */
    public Tensor tensor(int input) {
        return operand(input).tensor().get();
    }

    /** An optional input to compute with, or null. */
    public @Nullable Tensor optional(int input) {
        return has(input) ? tensor(input) : null;
    }

    /** All inputs, of operators that take any number. */
    public Tensor[] tensors() {
        Tensor[] all = new Tensor[operands.size()];
        Arrays.setAll(all, this::tensor);
        return all;
    }

    public boolean isConstant(int input) {
        return has(input) && operand(input).constant() != null;
    }

    /**
     * The numbers of an input that decides shapes or modes.
     *
     * @throws UnsupportedOpException where they depend on the model's input
     */
    public NamedArray constant(int input) {
        NamedArray constant = operand(input).constant();
        if (constant == null) {
            throw unsupported("input " + input + " (\"" + node.inputs().get(input)
                    + "\") must be a constant once the model's input shapes are known, but depends on its values");
        }
        return constant;
    }

    /** The one number of a constant input, or another where it is left out. */
    public double scalar(int input, double otherwise) {
        if (!has(input)) {
            return otherwise;
        }
        NamedArray constant = constant(input);
        if (constant.size() != 1) {
            throw unsupported("input " + input + " must be one number, but has shape " + constant.shape());
        }
        return constant.doubleAt(0);
    }

    /** Whole numbers that older operator sets have as an attribute and newer ones as a constant input. */
    public Optional<long[]> wholes(String attribute, int input) {
        if (has(input)) {
            return Optional.of(constant(input).longs());
        }
        return attributes()
                .wholes(attribute)
                .map(list -> list.stream().mapToLong(Long::longValue).toArray());
    }

    /** The same as axes of a shape, resolved where they count from the end. */
    public Optional<int[]> axes(String attribute, int input, Shape shape) {
        return wholes(attribute, input)
                .map(values -> Arrays.stream(values)
                        .mapToInt(axis -> shape.axis(Math.toIntExact(axis)))
                        .toArray());
    }

    /** The type in which numbers of a stated type are computed here. */
    public DType computed(DType stated) {
        return target.computed(stated);
    }

    /** An array as a tensor on this backend, in the type it is computed in. */
    public Tensor upload(NamedArray array) {
        return target.upload(array);
    }

    /** How the file stores an input, where it says so; tensors are wider. */
    public Optional<ElementType> elementType(int input) {
        return has(input) ? Optional.ofNullable(types.get(node.inputs().get(input))) : Optional.empty();
    }

    /**
     * The type in which numbers of the type that an attribute names are computed.
     *
     * @throws UnsupportedOpException where it is none of numbers
     */
    public DType stated(String attribute) {
        int number = attributes().integer(attribute, 0);
        return ElementTypes.of(number)
                .map(type -> computed(type.widened()))
                .orElseThrow(() -> unsupported("element type number " + number + " is not supported"));
    }

    /** What to throw for a use of this operator that is not supported. */
    public UnsupportedOpException unsupported(String reason) {
        return new UnsupportedOpException("node " + node + " (opset " + opset + "): " + reason);
    }

    private Operand operand(int input) {
        if (!has(input)) {
            throw unsupported("needs input " + input + ", which is left out");
        }
        return operands.get(input).orElseThrow();
    }
}
