package dev.backlight.models.onnx.export;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.onnx.graph.ValueInfo;
import dev.backlight.models.onnx.graph.ValueInfo.Dimension;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Writes any network as ONNX. The network is run once, in evaluation, on an image of zeros, and what the tape records
 * becomes the graph; so its outputs must not be chosen by the image's values. Parameters keep their dotted names, nodes are
 * named by the path of their layer, and the number of images stays open.
 */
public final class OnnxExport {
    /** The version of ONNX's operator set that is written. */
    public static final int OPSET = 21;

    /** The name of the graph's input. */
    public static final String INPUT = "input";

    /** The name of the graph's output. */
    public static final String OUTPUT = "output";

    private OnnxExport() {}

    /**
     * Writes a file; see {@link #graph}.
     *
     * @throws dev.backlight.engine.shape.BacklightException where the file cannot be written
     */
    public static void write(Layer network, Shape image, Path file) {
        OnnxFile.write(graph(network, image), file);
    }

    /**
     * The network as a graph.
     *
     * @param image the shape of one input without the number of images, such as {@code 3×224×224}
     * @throws dev.backlight.engine.shape.UnsupportedOpException naming an op that has no counterpart in ONNX, and its layer
     * @throws ShapeException where the network does not take such images, or its output does not depend on them
     */
    public static Graph graph(Layer network, Shape image) {
        Parameter any = network.state().values().stream()
                .findFirst()
                .orElseThrow(() -> new DeviceException("a network without parameters lies on no device to run it on"));
        try (Scope scope = Scope.open()) {
            Tape tape = new Tape();
            Tensor zeros = Tensor.full(any.value().backend(), any.value().dtype(), image.insert(0, 1), 0);
            Tensor input = tape.watch(zeros);
            Tensor output = network.apply(input);
            if (output.tape() != tape) {
                throw new ShapeException(
                        "the network's output does not depend on its input: there is no graph to write");
            }
            return graph(network, tape.applications(), input, output);
        }
    }

    private static Graph graph(Layer network, List<Application> applications, Tensor input, Tensor output) {
        GraphBuilder builder = new GraphBuilder(network, input, output);
        for (Application application : applications) {
            Lowering.lower(builder.at(application));
        }
        List<ValueInfo> inputs = List.of(value(INPUT, input));
        List<ValueInfo> outputs = List.of(value(OUTPUT, output));
        return new Graph("network", Map.of("", OPSET), inputs, outputs, builder.initialisers(), builder.nodes());
    }

    private static ValueInfo value(String name, Tensor tensor) {
        int[] sizes = tensor.shape().sizes();
        List<Dimension> dimensions = IntStream.range(0, sizes.length)
                .mapToObj(axis -> axis == 0
                        ? new Dimension(OptionalInt.empty(), "batch")
                        : new Dimension(OptionalInt.of(sizes[axis]), ""))
                .toList();
        return new ValueInfo(name, Optional.of(tensor.dtype()), Optional.of(dimensions));
    }
}
