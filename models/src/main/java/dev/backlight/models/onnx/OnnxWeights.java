package dev.backlight.models.onnx;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.onnx.operator.OperatorRegistry;
import dev.backlight.models.onnx.pass.DeadNodes;
import java.nio.file.Path;
import java.util.List;

/** The weights in ONNX files, for networks that are not made from the file's graph. */
public final class OnnxWeights {
    private OnnxWeights() {}

    /**
     * The initialisers of floating numbers that operators compute with, in the order in which the graph reads them; its
     * operators need not be supported. Single numbers and settings, such as the scales of a Resize, are left out.
     *
     * @throws dev.backlight.engine.shape.ModelFormatException where the file is missing, damaged or of another format
     */
    public static List<NamedArray> inGraphOrder(Path file) {
        Graph live = DeadNodes.drop(OnnxFile.read(file));
        return List.copyOf(
                Weights.of(live, OperatorRegistry.standard()).arrays().values());
    }
}
