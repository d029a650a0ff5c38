package dev.backlight.engine.check;

import static dev.backlight.engine.check.OpSample.sample;
import static dev.backlight.engine.check.SampleInput.distinct;
import static dev.backlight.engine.check.SampleInput.uniform;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.AdaptiveAvgPool;
import dev.backlight.engine.op.AvgPool;
import dev.backlight.engine.op.MatMul;
import dev.backlight.engine.op.MaxPool;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Resize;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.op.Take;
import dev.backlight.engine.op.WindowSum;
import dev.backlight.engine.op.WindowSumAdjoint;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** Pooling with ceil mode, padding, dilation and ties, and resizing. */
final class PoolingSamples {
    private PoolingSamples() {}

    private static final WindowGeometry OVERLAPPING = WindowGeometry.square(3, 2, 1);
    private static final WindowGeometry UNEVEN = new WindowGeometry(2, 3, 2, 2, 1, 1, 1, 0, 0, 1);
    private static final WindowGeometry TALL = new WindowGeometry(6, 3, 2, 2, 1, 1, 0, 0, 0, 0);
    private static final WindowGeometry DILATED = WindowGeometry.square(2, 1, 0).dilated(2, 1);

    static List<OpSample> all() {
        return List.of(
                maximum("maxPool", OVERLAPPING, false, distinct(2, 2, 5, 6)),
                maximum("maxPool, ceil mode", WindowGeometry.square(2, 2, 0), true, distinct(1, 2, 5, 7)),
                maximum("maxPool, ceil mode, windows higher than the image", TALL, true, distinct(1, 2, 5, 7)),
                maximum("maxPool, unequal padding", UNEVEN, true, distinct(1, 2, 5, 6)),
                maximum("maxPool, dilated", DILATED, false, distinct(1, 2, 4, 5)),
                sample(
                        "maxPool with ties",
                        MaxPool.class,
                        in -> Neural.maxPool(
                                Shapes.tile(in.getFirst(), 1, 1, 2, 3), WindowGeometry.square(5, 1, 0), false),
                        distinct(1, 2, 4, 2)),
                sample("globalMaxPool", MaxPool.class, in -> Neural.globalMaxPool(in.getFirst()), distinct(2, 3, 3, 4)),
                sample(
                        "adaptiveMaxPool",
                        MaxPool.class,
                        in -> Neural.adaptiveMaxPool(in.getFirst(), 3, 2),
                        distinct(1, 2, 5, 7)),
                sample(
                        "adaptiveMaxPool that tiles",
                        MaxPool.class,
                        in -> Neural.adaptiveMaxPool(in.getFirst(), 2, 3),
                        distinct(1, 2, 4, 6)),
                average("avgPool", OVERLAPPING, false, true),
                average("avgPool, padding not counted", OVERLAPPING, false, false),
                average("avgPool, ceil mode", UNEVEN, true, true),
                average("avgPool, ceil mode, padding not counted", UNEVEN, true, false),
                average("avgPool, ceil mode, windows higher than the image", TALL, true, true),
                average("avgPool, dilated", DILATED, false, false),
                sample("globalAveragePool", AvgPool.class, in -> Neural.globalAveragePool(in.getFirst()), image()),
                sample(
                        "adaptiveAveragePool",
                        AdaptiveAvgPool.class,
                        in -> Neural.adaptiveAveragePool(in.getFirst(), 3, 4),
                        image()),
                sample(
                        "adaptiveAveragePool that tiles",
                        AvgPool.class,
                        in -> Neural.adaptiveAveragePool(in.getFirst(), 1, 3),
                        image()),
                sample("windowSum", WindowSum.class, in -> new WindowSum(UNEVEN, 3, 3).on(in.getFirst()), image()),
                sample(
                        "windowSumAdjoint",
                        WindowSumAdjoint.class,
                        in -> new WindowSumAdjoint(UNEVEN, Shape.of(1, 2, 5, 6)).on(in.getFirst()),
                        uniform(-2, 2, 1, 2, 3, 3)));
    }

    static List<OpSample> resizing() {
        return List.of(
                sample(
                        "resize nearest",
                        Take.class,
                        in -> Neural.resizeNearest(
                                in.getFirst(), 7, 4, Resize.Corners.ASYMMETRIC, Resize.Rounding.FLOOR),
                        image()),
                sample(
                        "resize nearest, half pixels",
                        Take.class,
                        in -> Neural.resizeNearest(
                                in.getFirst(), 3, 9, Resize.Corners.HALF_PIXEL, Resize.Rounding.PREFER_FLOOR),
                        image()),
                sample(
                        "resize bilinear",
                        MatMul.class,
                        in -> Neural.resizeBilinear(in.getFirst(), 8, 3, Resize.Corners.HALF_PIXEL),
                        image()),
                sample(
                        "resize bilinear, aligned corners",
                        MatMul.class,
                        in -> Neural.resizeBilinear(in.getFirst(), 3, 11, Resize.Corners.ALIGN_CORNERS),
                        image()));
    }

    private static OpSample maximum(String name, WindowGeometry window, boolean ceilMode, SampleInput x) {
        return sample(name, MaxPool.class, in -> Neural.maxPool(in.getFirst(), window, ceilMode), x);
    }

    private static OpSample average(String name, WindowGeometry window, boolean ceilMode, boolean countIncludePad) {
        return sample(
                name, AvgPool.class, in -> Neural.avgPool(in.getFirst(), window, ceilMode, countIncludePad), image());
    }

    private static SampleInput image() {
        return uniform(-2, 2, 1, 2, 5, 6);
    }
}
