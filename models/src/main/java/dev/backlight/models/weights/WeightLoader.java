package dev.backlight.models.weights;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Carries weights between files and the parameters of a network: trained values and statistics alike. */
public final class WeightLoader {
    private final Backend backend;
    private final DType dtype;
    private final String source;

    /**
     * A loader of parameters that live on {@code backend} as {@code dtype}.
     *
     * @param dtype F32 or F64
     * @param source where the weights come from, for messages
     */
    public WeightLoader(Backend backend, DType dtype, String source) {
        if (!dtype.isFloating()) {
            throw new ShapeException("parameters are floating numbers, not " + dtype);
        }
        this.backend = backend;
        this.dtype = dtype;
        this.source = source;
    }

    /**
     * Gives each parameter the array of its name. PyTorch's counts of batches are passed over.
     *
     * @throws ModelFormatException where arrays are missing, surplus, misshapen or not finite, all named in one message; the
     *     network is then unchanged
     */
    public void byName(Layer network, StateDict weights) {
        set(network, WeightMatch.byName(shapes(network), weights, source));
    }

    /**
     * Gives the first parameter the first array of floating point, and so on: for files whose names differ from the
     * network's, such as ONNX initialisers in graph order. Normalisations that an exporter has folded into the convolutions
     * before them may be missing.
     *
     * @return the array that each parameter has taken, by the parameter's name
     * @throws ModelFormatException as for {@link #byName}
     */
    public SequencedMap<String, String> byOrder(Layer network, StateDict weights) {
        SequencedMap<String, NamedArray> matched = WeightMatch.byOrder(shapes(network), weights, source);
        set(network, matched);
        SequencedMap<String, String> names = new LinkedHashMap<>();
        matched.forEach((parameter, array) -> names.put(parameter, array.name()));
        return names;
    }

    private static Map<String, Shape> shapes(Layer network) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        network.state().forEach((name, parameter) -> shapes.put(name, parameter.shape()));
        return shapes;
    }

    private void set(Layer network, Map<String, NamedArray> matched) {
        Map<String, Parameter> parameters = network.state();
        matched.forEach((name, array) -> {
            Parameter parameter = parameters.get(name);
            if (parameter != null) {
                parameter.set(
                        dtype == DType.F64
                                ? Tensor.of(backend, array.shape(), array.doubles())
                                : Tensor.of(backend, array.shape(), array.floats()));
            }
        });
    }

    /** The present values of all parameters, in definition order, in their own precision. */
    public static StateDict save(Layer network) {
        List<NamedArray> arrays = new ArrayList<>();
        network.state().forEach((name, parameter) -> {
            Tensor value = parameter.value();
            arrays.add(
                    value.dtype() == DType.F64
                            ? NamedArray.of(name, value.shape(), value.toDoubles())
                            : NamedArray.of(name, value.shape(), value.toFloats()));
        });
        return StateDict.of(arrays);
    }
}
