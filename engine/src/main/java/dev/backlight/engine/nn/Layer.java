package dev.backlight.engine.nn;

import dev.backlight.engine.autodiff.NamePath;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Philox;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A function of one tensor with named parameters and named child layers. Subclasses register both in their constructor and
 * compute in {@link #forward}; names join with dots, as in {@code layer1.0.conv2.weight}.
 */
public abstract class Layer {
    private final SequencedMap<String, Layer> children = new LinkedHashMap<>();
    private final SequencedMap<String, Parameter> own = new LinkedHashMap<>();
    private String name = "";

    /** Computes the output; children are called through {@link #apply(Tensor, Pass)}, so that their names are known. */
    protected abstract Tensor forward(Tensor x, Pass pass);

    /** Applies this layer; everything recorded inside carries its name path. */
    public final Tensor apply(Tensor x, Pass pass) {
        return NamePath.within(name, () -> forward(x, pass));
    }

    /** Applies this layer in evaluation. */
    public final Tensor apply(Tensor x) {
        return apply(x, Pass.EVALUATION);
    }

    /** The name within the parent, empty for a root. */
    public final String name() {
        return name;
    }

    public final SequencedMap<String, Layer> children() {
        return Collections.unmodifiableSequencedMap(children);
    }

    /** All parameters of this layer and those below by their dotted names: weights and statistics, in definition order. */
    public final SequencedMap<String, Parameter> state() {
        SequencedMap<String, Parameter> all = new LinkedHashMap<>(own);
        children.forEach(
                (child, layer) -> layer.state().forEach((parameter, value) -> all.put(child + "." + parameter, value)));
        return all;
    }

    /** The trainable parameters, in definition order. */
    public final List<Parameter> parameters() {
        return state().values().stream().filter(Parameter::isTrainable).toList();
    }

    /** The number of trainable numbers. */
    public final long parameterCount() {
        return parameters().stream().mapToLong(p -> p.shape().elements()).sum();
    }

    /** Gives every parameter its first values; the same seed gives the same network on every backend. */
    public final void initialise(Backend backend, DType dtype, long seed) {
        long stream = 0;
        for (Parameter parameter : state().values()) {
            parameter.initialise(backend, dtype, Philox.split(seed, stream++));
        }
        // What the largest weights were made from is as large as they are, and nobody else asks for such blocks.
        backend.pool().trim();
    }

    /** Moves all values to another backend or element type. */
    public final void to(Backend backend, DType dtype) {
        state().values().forEach(parameter -> parameter.move(backend, dtype));
    }

    /** Registers a child under a name without dots; for constructors. */
    protected final <L extends Layer> L child(String childName, L layer) {
        Layer base = layer;
        base.name = childName;
        children.put(childName, layer);
        return layer;
    }

    /** Registers a trainable parameter; for constructors. */
    protected final Parameter parameter(String parameterName, Shape shape, Initializer initializer) {
        return register(parameterName, new Parameter(shape, initializer, true));
    }

    /** Registers numbers that the layer updates itself, such as running means; for constructors. */
    protected final Parameter statistic(String parameterName, Shape shape, Initializer initializer) {
        return register(parameterName, new Parameter(shape, initializer, false));
    }

    private Parameter register(String parameterName, Parameter parameter) {
        own.put(parameterName, parameter);
        return parameter;
    }
}
