package dev.backlight.engine.check;

import static dev.backlight.engine.check.OpSample.sample;
import static dev.backlight.engine.check.SampleInput.indices;
import static dev.backlight.engine.check.SampleInput.uniform;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.op.BroadcastTo;
import dev.backlight.engine.op.Concat;
import dev.backlight.engine.op.Embed;
import dev.backlight.engine.op.GatherElements;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Pad;
import dev.backlight.engine.op.Reshape;
import dev.backlight.engine.op.ScatterAddElements;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.op.Slice;
import dev.backlight.engine.op.Take;
import dev.backlight.engine.op.TakeAdjoint;
import dev.backlight.engine.op.Transpose;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** Ops that move elements, or gather and scatter them. */
final class ShapeSamples {
    private ShapeSamples() {}

    static List<OpSample> all() {
        return List.of(
                sample("reshape", Reshape.class, in -> Shapes.reshape(in.getFirst(), 4, -1), cube()),
                sample("flatten", Reshape.class, in -> Shapes.flatten(in.getFirst(), 1), cube()),
                sample("transpose", Transpose.class, in -> Ops.transpose(in.getFirst(), 2, 0, 1), cube()),
                sample("slice of rows", Slice.class, in -> Ops.slice(in.getFirst(), 0, 1, 2), cube()),
                sample("slice with step", Slice.class, in -> Ops.slice(in.getFirst(), -1, 0, 4, 2), cube()),
                sample("slice downward", Slice.class, in -> Ops.slice(in.getFirst(), 1, 2, -1, -2), cube()),
                sample("flip", Slice.class, in -> Shapes.flip(in.getFirst(), 0, 2), cube()),
                sample("flip of rows", Slice.class, in -> Shapes.flip(in.getFirst(), 2), cube()),
                sample(
                        "split",
                        Slice.class,
                        in -> Shapes.split(in.getFirst(), 2, 1, 3).getLast(),
                        cube()),
                sample(
                        "embed",
                        Embed.class,
                        in -> new Embed(AxisList.of(1, 0, 5), AxisList.of(1, 2, -1), Shape.of(4, 5, 7))
                                .on(in.getFirst()),
                        cube()),
                sample(
                        "pad with a constant",
                        Pad.class,
                        in -> Shapes.pad(in.getFirst(), new int[] {0, 1, 2}, new int[] {1, 0, 3}, 2.5),
                        cube()),
                sample(
                        "pad with zeros",
                        Pad.class,
                        in -> Shapes.pad(in.getFirst(), new int[] {0, 1, 2}, new int[] {1, 0, 3}, 0),
                        cube()),
                sample(
                        "pad by reflection",
                        Take.class,
                        in -> Shapes.pad(
                                in.getFirst(), new int[] {0, 1, 3}, new int[] {1, 2, 0}, Shapes.Border.REFLECT),
                        cube()),
                sample(
                        "pad by the edge",
                        Take.class,
                        in -> Shapes.pad(in.getFirst(), new int[] {0, 1, 3}, new int[] {1, 0, 5}, Shapes.Border.EDGE),
                        cube()),
                sample(
                        "concat",
                        Concat.class,
                        in -> Shapes.concat(-1, in),
                        cube(),
                        uniform(-1, 1, 2, 3, 1),
                        uniform(-1, 1, 2, 3, 3)),
                sample(
                        "stack",
                        Concat.class,
                        in -> Shapes.stack(1, in.get(0), in.get(1)),
                        cube(),
                        uniform(-1, 1, 2, 3, 4)),
                sample("tile", BroadcastTo.class, in -> Shapes.tile(in.getFirst(), 2, 1, 3), cube()));
    }

    static List<OpSample> indexing() {
        return List.of(
                sample(
                        "take",
                        Take.class,
                        in -> Shapes.take(in.get(0), 1, in.get(1)),
                        cube(),
                        indices(Shape.of(2, 2), 2, 0, 2, 1)),
                sample(
                        "takeAdjoint",
                        TakeAdjoint.class,
                        in -> new TakeAdjoint(1, Shape.of(2, 5, 4)).on(in.get(0), in.get(1)),
                        cube(),
                        indices(Shape.of(3), 4, 0, 4)),
                sample(
                        "gather",
                        GatherElements.class,
                        in -> Shapes.gather(in.get(0), 1, in.get(1)),
                        uniform(-2, 2, 2, 3),
                        indices(Shape.of(2, 4), 0, 2, 2, 1, 1, 1, 0, 0)),
                sample(
                        "gather along the outer axis",
                        GatherElements.class,
                        in -> Shapes.gather(in.get(0), 0, in.get(1)),
                        uniform(-2, 2, 2, 3),
                        indices(Shape.of(1, 3), 1, 0, 1)),
                sample(
                        "scatterAdd",
                        ScatterAddElements.class,
                        in -> Shapes.scatterAdd(in.get(0), 1, in.get(2), in.get(1)),
                        uniform(-2, 2, 2, 3),
                        uniform(-1, 1, 2, 4),
                        indices(Shape.of(2, 4), 0, 2, 2, 1, 1, 1, 0, 0)));
    }

    private static SampleInput cube() {
        return uniform(-2, 2, 2, 3, 4);
    }
}
