package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.reshape;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.op.Take;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Picking elements by constant indices. */
final class Indexing {
    private Indexing() {}

    static void register(OperatorRegistry.Builder to) {
        to.since(7, "Gather", Indexing::gather, 1);
    }

    /** The indices' axes take the place of the gathered axis. */
    private static Tensor gather(Invocation at) {
        Tensor x = at.tensor(0);
        int axis = x.shape().axis(at.attributes().integer("axis", 0));
        NamedArray indices = at.constant(1);
        int size = x.shape().size(axis);
        int[] sources = Arrays.stream(indices.longs())
                .mapToInt(index -> resolved(index, size))
                .toArray();
        int[] sizes = x.shape().sizes();
        int[] shape = IntStream.concat(
                        IntStream.concat(
                                Arrays.stream(sizes, 0, axis),
                                Arrays.stream(indices.shape().sizes())),
                        Arrays.stream(sizes, axis + 1, sizes.length))
                .toArray();
        return reshape(take(x, axis, sources), Shape.of(shape));
    }

    private static int resolved(long index, int size) {
        long fromStart = index < 0 ? index + size : index;
        if (fromStart < 0 || fromStart >= size) {
            throw new ShapeException("index " + index + " lies outside an axis of size " + size);
        }
        return (int) fromStart;
    }

    /** {@code out[.., i, ..] = x[.., sources[i], ..]} along an axis. */
    static Tensor take(Tensor x, int axis, int... sources) {
        long[] indices = Arrays.stream(sources).asLongStream().toArray();
        return new Take(axis).on(x, Tensor.of(x.backend(), Shape.of(indices.length), indices));
    }
}
