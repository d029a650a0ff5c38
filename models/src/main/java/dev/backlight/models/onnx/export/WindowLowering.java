package dev.backlight.models.onnx.export;

import static dev.backlight.models.onnx.export.Site.list;
import static dev.backlight.models.onnx.export.Site.whole;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.AdaptiveAvgPool;
import dev.backlight.engine.op.AvgPool;
import dev.backlight.engine.op.Conv2d;
import dev.backlight.engine.op.ConvTranspose2d;
import dev.backlight.engine.op.MaxPool;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.graph.Attribute;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Writes convolution and pooling. */
final class WindowLowering {
    private WindowLowering() {}

    /** Whether the op is one of them, and is written now. */
    static boolean lower(Site at) {
        switch (at.op()) {
            case Conv2d op -> at.emit("Conv", with(window(op.window()), "group", whole(op.groups())));
            case ConvTranspose2d op ->
                at.emit(
                        "ConvTranspose",
                        with(
                                with(window(op.window()), "group", whole(op.groups())),
                                "output_padding",
                                list(op.outputPaddingY(), op.outputPaddingX())));
            case MaxPool op -> max(at, op);
            case AvgPool op -> average(at, op);
            case AdaptiveAvgPool op -> adaptive(at, op);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void max(Site at, MaxPool op) {
        WindowGeometry window = op.window();
        if (window == null) {
            throw at.unsupported("its windows are unequal; use an image size that the pooled size divides");
        }
        at.end("MaxPool", with(window(window), "ceil_mode", whole(op.ceilMode() ? 1 : 0)), at.input(0));
    }

    /** A window over the whole plane is written as such, so that the file fits other image sizes too. */
    private static void average(Site at, AvgPool op) {
        if (isGlobal(op.window(), at.shape(0))) {
            at.emit("GlobalAveragePool", Map.of());
            return;
        }
        Map<String, Attribute> attributes = with(window(op.window()), "ceil_mode", whole(op.ceilMode() ? 1 : 0));
        at.emit("AveragePool", with(attributes, "count_include_pad", whole(op.countIncludePad() ? 1 : 0)));
    }

    /** Rows and columns are averaged by one constant matrix each, A·x·B. */
    private static void adaptive(Site at, AdaptiveAvgPool op) {
        Shape x = at.shape(0);
        double[] rows = means(x.size(2), op.height());
        double[] columns = transposed(means(x.size(3), op.width()), op.width());
        String narrowed = at.via("MatMul", Map.of(), at.input(0), at.numbers(Shape.of(x.size(3), op.width()), columns));
        at.end("MatMul", Map.of(), at.numbers(Shape.of(op.height(), x.size(2)), rows), narrowed);
    }

    /** {@code windows × size}: 1/extent where window i, from ⌊i·size/n⌋ to ⌈(i+1)·size/n⌉ − 1, covers the element. */
    private static double[] means(int size, int windows) {
        double[] matrix = new double[windows * size];
        for (int i = 0; i < windows; i++) {
            int start = (int) ((long) i * size / windows);
            int end = (int) Math.ceilDiv((i + 1L) * size, windows);
            Arrays.fill(matrix, i * size + start, i * size + end, 1.0 / (end - start));
        }
        return matrix;
    }

    private static double[] transposed(double[] matrix, int rows) {
        double[] result = new double[matrix.length];
        int columns = matrix.length / rows;
        Arrays.setAll(result, i -> matrix[i % rows * columns + i / rows]);
        return result;
    }

    private static boolean isGlobal(WindowGeometry window, Shape x) {
        return window.equals(
                new WindowGeometry(x.size(2), x.size(3), window.strideY(), window.strideX(), 1, 1, 0, 0, 0, 0));
    }

    private static Map<String, Attribute> window(WindowGeometry window) {
        return Map.of(
                "kernel_shape", list(window.height(), window.width()),
                "strides", list(window.strideY(), window.strideX()),
                "dilations", list(window.dilationY(), window.dilationX()),
                "pads", list(window.padTop(), window.padLeft(), window.padBottom(), window.padRight()));
    }

    private static Map<String, Attribute> with(Map<String, Attribute> some, String name, Attribute another) {
        Map<String, Attribute> all = new HashMap<>(some);
        all.put(name, another);
        return all;
    }
}
