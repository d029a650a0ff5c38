package dev.backlight.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.graph.Attribute;
import dev.backlight.models.onnx.graph.Attributes;
import dev.backlight.models.onnx.graph.Graph;
import dev.backlight.models.onnx.graph.Node;
import dev.backlight.models.onnx.graph.OnnxFile;
import dev.backlight.models.onnx.graph.ValueInfo;
import dev.backlight.models.onnx.graph.ValueInfo.Dimension;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Single nodes against ONNX Runtime: what the operator sets after those of Debian's node tests changed, and attributes that
 * those tests leave out.
 */
class RuntimeNodesTest {
    private static final double TOLERANCE = 2e-5;

    private final Backend backend = new ReferenceBackend();

    @TempDir
    private Path folder;

    /**
     * A node.
     *
     * @param images the shapes of its inputs with random numbers, in the places of {@code x}
     * @param inputs its inputs in order: {@code x} for the next random one, the name of a constant, or nothing
     */
    private record Case(
            int opset,
            String type,
            String inputs,
            List<Shape> images,
            SequencedMap<String, NamedArray> constants,
            Map<String, Attribute> attributes) {
        static Case of(int opset, String type, String inputs, int[]... images) {
            List<Shape> shapes = Arrays.stream(images).map(Shape::of).toList();
            return new Case(opset, type, inputs, shapes, new LinkedHashMap<>(), new HashMap<>());
        }

        Case longs(String name, long... values) {
            constants.put(name, NamedArray.of(name, Shape.of(values.length), values));
            return this;
        }

        Case matrix(String name, int rows, int columns, long... values) {
            constants.put(name, NamedArray.of(name, Shape.of(rows, columns), values));
            return this;
        }

        Case floats(String name, Shape shape, float... values) {
            constants.put(name, NamedArray.of(name, shape, values));
            return this;
        }

        Case with(String name, Object value) {
            attributes.put(
                    name,
                    switch (value) {
                        case Integer number -> new Attribute.Whole(number);
                        case Double number -> new Attribute.Real(number);
                        case String text -> new Attribute.Text(text);
                        case int[] list ->
                            new Attribute.Wholes(
                                    Arrays.stream(list).asLongStream().boxed().toList());
                        default -> throw new IllegalArgumentException(name);
                    });
            return this;
        }

        String title() {
            return type + "-" + opset + " " + inputs + " " + images + " " + new TreeMap<>(attributes);
        }
    }

    private static int[] sizes(int... sizes) {
        return sizes;
    }

    @TestFactory
    Stream<DynamicTest> gridsAreSampledAlike() {
        List<Case> cases = new ArrayList<>();
        for (String mode : List.of("linear", "nearest", "cubic")) {
            for (String padding : List.of("zeros", "border", "reflection")) {
                for (int align : new int[] {0, 1}) {
                    cases.add(Case.of(20, "GridSample", "x x", sizes(2, 3, 4, 5), sizes(2, 3, 6, 2))
                            .with("mode", mode)
                            .with("padding_mode", padding)
                            .with("align_corners", align));
                    if (!mode.equals("cubic")) {
                        cases.add(Case.of(20, "GridSample", "x x", sizes(1, 2, 3, 4, 3), sizes(1, 2, 3, 4, 3))
                                .with("mode", mode)
                                .with("padding_mode", padding)
                                .with("align_corners", align));
                    }
                }
            }
        }
        cases.add(Case.of(16, "GridSample", "x x", sizes(1, 2, 4, 5), sizes(1, 3, 3, 2))
                .with("mode", "bicubic"));
        for (int align : new int[] {0, 1}) {
            cases.add(Case.of(20, "AffineGrid", "x size", sizes(2, 2, 3))
                    .longs("size", 2, 1, 3, 4)
                    .with("align_corners", align));
            cases.add(Case.of(20, "AffineGrid", "x size", sizes(1, 3, 4))
                    .longs("size", 1, 1, 2, 3, 4)
                    .with("align_corners", align));
        }
        return tests(cases);
    }

    @TestFactory
    Stream<DynamicTest> imagesAreResizedAlike() {
        List<Case> cases = new ArrayList<>();
        for (String mode : List.of("linear", "cubic")) {
            for (int exclude : new int[] {0, 1}) {
                cases.add(Case.of(18, "Resize", "x - scales", sizes(1, 2, 8, 9))
                        .floats("scales", Shape.of(4), 1, 1, 0.6f, 0.45f)
                        .with("mode", mode)
                        .with("exclude_outside", exclude)
                        .with("antialias", 1));
            }
            cases.add(Case.of(19, "Resize", "x - - sizes", sizes(1, 2, 8, 9))
                    .longs("sizes", 5, 13)
                    .with("axes", sizes(2, 3))
                    .with("mode", mode)
                    .with("antialias", 1));
            for (String alignment : List.of(
                    "half_pixel", "half_pixel_symmetric", "asymmetric", "pytorch_half_pixel", "align_corners")) {
                cases.add(Case.of(19, "Resize", "x - - sizes", sizes(1, 2, 5, 7))
                        .longs("sizes", 1, 2, 8, 4)
                        .with("mode", mode)
                        .with("coordinate_transformation_mode", alignment));
            }
        }
        for (String policy : List.of("not_larger", "not_smaller", "stretch")) {
            for (String mode : List.of("linear", "nearest")) {
                cases.add(Case.of(18, "Resize", "x - - sizes", sizes(1, 2, 6, 9))
                        .longs("sizes", 7, 8)
                        .with("axes", sizes(2, 3))
                        .with("keep_aspect_ratio_policy", policy)
                        .with("mode", mode));
            }
        }
        return tests(cases);
    }

    @TestFactory
    Stream<DynamicTest> windowsAreAlike() {
        return tests(List.of(
                Case.of(11, "ConvTranspose", "x x x", sizes(2, 4, 3, 4, 3), sizes(4, 3, 2, 3, 2), sizes(6))
                        .with("group", 2)
                        .with("strides", sizes(2, 1, 3))
                        .with("dilations", sizes(2, 1, 1))
                        .with("pads", sizes(1, 0, 1, 0, 1, 0))
                        .with("output_padding", sizes(1, 0, 2)),
                Case.of(22, "ConvTranspose", "x x", sizes(1, 2, 3, 3, 3), sizes(2, 1, 3, 3, 3))
                        .with("strides", sizes(2, 2, 2))
                        .with("auto_pad", "SAME_UPPER"),
                Case.of(11, "ConvTranspose", "x x x", sizes(1, 2, 5), sizes(2, 3, 4), sizes(3))
                        .with("strides", sizes(3))
                        .with("pads", sizes(1, 2))
                        .with("output_padding", sizes(1)),
                Case.of(11, "ConvTranspose", "x x", sizes(1, 2, 3, 3), sizes(2, 1, 3, 3))
                        .with("strides", sizes(2, 2))
                        .with("output_shape", sizes(6, 7)),
                Case.of(22, "Conv", "x x", sizes(1, 3, 4, 5, 6), sizes(3, 1, 2, 3, 2))
                        .with("group", 3)
                        .with("auto_pad", "SAME_LOWER"),
                Case.of(22, "AveragePool", "x", sizes(1, 2, 7, 8))
                        .with("kernel_shape", sizes(3, 2))
                        .with("dilations", sizes(2, 3))
                        .with("pads", sizes(1, 0, 1, 1)),
                Case.of(22, "AveragePool", "x", sizes(1, 2, 7, 8))
                        .with("kernel_shape", sizes(3, 3))
                        .with("strides", sizes(2, 2))
                        .with("pads", sizes(1, 1, 0, 0))
                        .with("ceil_mode", 1)
                        .with("count_include_pad", 1),
                Case.of(22, "MaxPool", "x", sizes(1, 2, 7, 8))
                        .with("kernel_shape", sizes(3, 2))
                        .with("dilations", sizes(2, 2))
                        .with("strides", sizes(2, 3))
                        .with("ceil_mode", 1),
                Case.of(18, "LpPool", "x", sizes(1, 2, 5, 6, 7))
                        .with("kernel_shape", sizes(2, 3, 2))
                        .with("strides", sizes(1, 2, 2))
                        .with("p", 1),
                Case.of(22, "LpPool", "x", sizes(1, 2, 6, 7))
                        .with("kernel_shape", sizes(2, 3))
                        .with("pads", sizes(1, 0, 0, 1)),
                Case.of(2, "GlobalLpPool", "x", sizes(2, 3, 4, 5)).with("p", 3),
                Case.of(18, "Pad", "x pads - axes", sizes(2, 3, 4))
                        .longs("pads", 1, 2, 0, 1)
                        .longs("axes", -1, 1)
                        .with("mode", "reflect"),
                Case.of(19, "Pad", "x pads", sizes(2, 3))
                        .longs("pads", 1, 2, 1, 4)
                        .with("mode", "wrap")));
    }

    @TestFactory
    Stream<DynamicTest> laterVersionsAreAlike() {
        return tests(List.of(
                Case.of(18, "Split", "x", sizes(7, 2)).with("num_outputs", 3),
                Case.of(18, "ReduceL2", "x axes", sizes(2, 3, 4)).longs("axes", -1, 0),
                Case.of(18, "ReduceLogSumExp", "x", sizes(2, 3, 4))
                        .with("keepdims", 0)
                        .with("noop_with_empty_axes", 0),
                Case.of(18, "GroupNormalization", "x x x", sizes(2, 4, 3, 3), sizes(2), sizes(2))
                        .with("num_groups", 2),
                Case.of(21, "GroupNormalization", "x x x", sizes(2, 4, 3, 3), sizes(4), sizes(4))
                        .with("num_groups", 2),
                Case.of(20, "Gelu", "x", sizes(9)).with("approximate", "tanh"),
                Case.of(22, "Mish", "x", sizes(9)),
                Case.of(22, "HardSwish", "x", sizes(9)),
                Case.of(22, "Elu", "x", sizes(9)).with("alpha", 0.5),
                Case.of(22, "LpNormalization", "x", sizes(3, 4)).with("p", 1),
                Case.of(22, "InstanceNormalization", "x x x", sizes(2, 3, 4, 4), sizes(3), sizes(3)),
                Case.of(18, "ScatterElements", "x indices x", sizes(3, 3), sizes(2, 3))
                        .matrix("indices", 2, 3, 1, 0, 2, 1, 2, 2)
                        .with("reduction", "mul"),
                Case.of(18, "ScatterND", "x indices x", sizes(4, 2), sizes(3, 2))
                        .matrix("indices", 3, 1, 1, 3, 1)
                        .with("reduction", "max"),
                Case.of(13, "Softmax", "x", sizes(2, 3, 4)).with("axis", 1),
                Case.of(11, "Softmax", "x", sizes(2, 3, 4)).with("axis", 1)));
    }

    private Stream<DynamicTest> tests(List<Case> cases) {
        return cases.stream().map(one -> dynamicTest(one.title(), () -> check(one)));
    }

    private void check(Case one) throws OrtException {
        Map<String, Tensor> images = new LinkedHashMap<>();
        List<String> names = new ArrayList<>();
        for (String input : one.inputs().split(" ")) {
            if (input.equals("x")) {
                Shape shape = one.images().get(images.size());
                String name = "x" + images.size();
                // Beyond −1 and 1 too, where grids leave the image.
                images.put(
                        name,
                        Tensor.random(
                                backend, DType.F32, shape, Primitive.Distribution.NORMAL, 10 + (long) images.size()));
                names.add(name);
            } else {
                names.add(input.equals("-") ? "" : input);
            }
        }
        Path file = folder.resolve("node.onnx");
        OnnxFile.write(graph(one, names, images), file);
        OnnxModel model = OnnxModel.load(file, backend, DType.F32);
        try (Scope scope = Scope.open()) {
            float[] found = model.run(List.copyOf(images.values()), Pass.EVALUATION)
                    .getFirst()
                    .toFloats();
            float[] expected = inOnnxRuntime(file, images);
            assertEquals(expected.length, found.length);
            for (int i = 0; i < found.length; i++) {
                assertEquals(expected[i], found[i], TOLERANCE * Math.max(1, Math.abs(expected[i])), "at " + i);
            }
        }
    }

    private static Graph graph(Case one, List<String> names, Map<String, Tensor> images) {
        int outputs = one.attributes().get("num_outputs") instanceof Attribute.Whole(long count) ? (int) count : 1;
        List<String> made = IntStream.range(0, outputs).mapToObj(i -> "y" + i).toList();
        Node node = new Node(one.type(), "", "node", names, made, new Attributes(one.attributes()));
        List<ValueInfo> inputs = images.entrySet().stream()
                .map(entry -> new ValueInfo(
                        entry.getKey(),
                        Optional.of(DType.F32),
                        Optional.of(Arrays.stream(entry.getValue().shape().sizes())
                                .mapToObj(size -> new Dimension(OptionalInt.of(size), ""))
                                .toList())))
                .toList();
        ValueInfo output = new ValueInfo("y0", Optional.of(DType.F32), Optional.empty());
        return new Graph("node", Map.of("", one.opset()), inputs, List.of(output), one.constants(), List.of(node));
    }

    private static float[] inOnnxRuntime(Path file, Map<String, Tensor> images) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            for (Map.Entry<String, Tensor> image : images.entrySet()) {
                long[] sizes = Arrays.stream(image.getValue().shape().sizes())
                        .asLongStream()
                        .toArray();
                inputs.put(
                        image.getKey(),
                        OnnxTensor.createTensor(
                                environment, FloatBuffer.wrap(image.getValue().toFloats()), sizes));
            }
            try (OrtSession session = environment.createSession(file.toString(), options);
                    OrtSession.Result result = session.run(inputs)) {
                FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
                float[] copy = new float[values.remaining()];
                values.get(copy);
                return copy;
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }
}
