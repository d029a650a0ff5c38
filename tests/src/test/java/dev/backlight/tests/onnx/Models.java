package dev.backlight.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import dev.backlight.models.onnx.graph.ValueInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Where the files lie, and how outputs are compared. */
final class Models {
    private Models() {}

    /** A folder of the shared data; the test is skipped where it is absent. */
    static Path data(String folder) {
        Path root = Optional.ofNullable(System.getenv("BACKLIGHT_DATA"))
                .map(Path::of)
                .orElseGet(() ->
                        Path.of(System.getProperty("backlight.root", "..")).resolve("../shared/data"));
        return present(root.resolve(folder).normalize());
    }

    /** A folder of the oracles; the test is skipped where it is absent. */
    static Path oracles(String folder) {
        return present(Path.of(System.getProperty("backlight.oracles", "../../shared/oracles"))
                .resolve(folder)
                .normalize());
    }

    private static Path present(Path folder) {
        Assumptions.assumeTrue(
                Files.isDirectory(folder), () -> "skipped: " + folder + " is absent (set BACKLIGHT_DATA)");
        return folder;
    }

    /** The ONNX files in a folder, in the order of their names. */
    static List<Path> in(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".onnx"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file's name without its ending. */
    static String stem(Path file) {
        return file.getFileName().toString().replace(".onnx", "");
    }

    /** A graph that ends where its last node would begin, for instance before a softmax. */
    static Graph withoutLast(Graph graph) {
        Node last = graph.nodes().getLast();
        ValueInfo logits = new ValueInfo(last.inputs().getFirst(), Optional.empty(), Optional.empty());
        List<Node> others = graph.nodes().subList(0, graph.nodes().size() - 1);
        return new Graph(graph.name(), graph.opsets(), graph.inputs(), List.of(logits), graph.initialisers(), others);
    }

    /** The first rows of an array as a tensor. */
    static Tensor rows(Backend backend, NamedArray array, int count) {
        Shape shape = array.shape().with(0, count);
        float[] values = Arrays.copyOf(array.floats(), (int) shape.elements());
        return Tensor.of(backend, shape, values);
    }

    /** Runs a network in a scope of its own. */
    static float[] run(Layer network, Tensor input) {
        try (Scope scope = Scope.open()) {
            return network.apply(input).toFloats();
        }
    }

    /** Compares with the first of the expected numbers and returns the largest difference. */
    static double assertClose(String name, float[] expected, float[] found, double tolerance) {
        assertTrue(found.length > 0 && found.length <= expected.length, () -> name + ": " + found.length + " numbers");
        double worst = 0;
        for (int i = 0; i < found.length; i++) {
            worst = Math.max(worst, Math.abs((double) found[i] - expected[i]));
        }
        assertEquals(0, worst, tolerance, name);
        return worst;
    }
}
