package dev.backlight.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.graph.Attributes;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.onnx.graph.ValueInfo;
import dev.backlight.models.onnx.graph.ValueInfo.Dimension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of 100 MB is loaded in little more time than its file takes to read, and in little more memory than it holds. */
class ImportCostTest {
    private static final int WIDTH = 1020;
    private static final int LAYERS = 25;
    private static final long WEIGHTS = 4L * WIDTH * WIDTH * LAYERS;
    /** What the program takes of the heap by itself. */
    private static final long PROGRAM = 24L << 20;

    @TempDir
    private Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void write() {
        SequencedMap<String, NamedArray> weights = new LinkedHashMap<>();
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < LAYERS; i++) {
            String name = "w" + i;
            weights.put(name, NamedArray.of(name, Shape.of(WIDTH, WIDTH), new float[WIDTH * WIDTH]));
            String from = i == 0 ? "x" : "h" + i;
            String to = i == LAYERS - 1 ? "y" : "h" + (i + 1);
            nodes.add(new Node("Gemm", "", "gemm" + i, List.of(from, name), List.of(to), Attributes.NONE));
        }
        Dimension width = new Dimension(OptionalInt.of(WIDTH), "");
        Dimension one = new Dimension(OptionalInt.of(1), "");
        ValueInfo x = new ValueInfo("x", Optional.of(DType.F32), Optional.of(List.of(one, width)));
        ValueInfo y = new ValueInfo("y", Optional.of(DType.F32), Optional.of(List.of(one, width)));
        file = folder.resolve("large.onnx");
        OnnxFile.write(new Graph("large", Map.of("", 17), List.of(x), List.of(y), weights, nodes), file);
    }

    @Test
    void takesLittleMoreMemoryThanTheWeights() throws IOException, InterruptedException {
        Map<String, String> found = load((long) (1.3 * WEIGHTS) + PROGRAM, 1);
        assertEquals(Long.toString(WEIGHTS / 4), found.get("parameters"), found.toString());
    }

    @Test
    void takesLittleMoreTimeThanReadingTheFile() throws IOException, InterruptedException {
        Map<String, String> found = load(8 * WEIGHTS, 3);
        double read = Double.parseDouble(found.getOrDefault("read", "NaN"));
        double loaded = Double.parseDouble(found.getOrDefault("loaded", "NaN"));
        System.out.printf("a model of %d MB: read in %.3f s, loaded in %.3f s%n", WEIGHTS / 1_000_000, read, loaded);
        assertTrue(loaded < 1.5 * read + 0.5, found.toString());
    }

    @Test
    void isRefusedInOneSentenceWhereTheHeapIsTooSmall() throws IOException, InterruptedException {
        for (double share : new double[] {0.3, 0.7, 0.95, 1.05, 1.15}) {
            Map<String, String> found = load((long) (share * WEIGHTS) + PROGRAM / 3, 1);
            String said = found.getOrDefault("refused", "");
            assertTrue(
                    found.containsKey("parameters") || said.contains("heap") || said.contains("memory"),
                    share + ": " + found);
        }
    }

    /** What the program prints, by the first word of each line. */
    private Map<String, String> load(long heap, int times) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + (heap >> 10) + "k",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                ImportCost.class.getName()));
        command.addAll(Collections.nCopies(times, file.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        Map<String, String> found = out.lines()
                .filter(line -> line.contains(" "))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(' ')),
                        line -> line.substring(line.indexOf(' ') + 1),
                        (first, second) -> second));
        assertEquals(0, code, out);
        return found;
    }
}
