package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.reshape;
import static dev.backlight.engine.op.Ops.transpose;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.Embed;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import org.jspecify.annotations.Nullable;

/** Windows over three axes, composed of windows over planes: volumes are {@code N×C×D×H×W}. */
final class Volumes {
    private Volumes() {}

    /** A sum over the taps along the depth, each a convolution of planes. */
    static Tensor convolved(Tensor volume, Tensor w, @Nullable Tensor bias, WindowAttributes attributes, int groups) {
        int[] pads = attributes.padding(volume.shape());
        Tensor x = Shapes.pad(volume, new int[] {0, 0, pads[0], 0, 0}, new int[] {0, 0, pads[3], 0, 0}, 0);
        int depth = (x.shape().size(2) - attributes.extent(0)) / attributes.stride(0) + 1;
        if (x.shape().size(2) < attributes.extent(0)) {
            throw new ShapeException("a window of depth " + attributes.extent(0) + " does not fit " + x.shape());
        }
        WindowGeometry window = attributes.window(pads);
        Tensor sum = null;
        for (int tap = 0; tap < attributes.kernel(0); tap++) {
            int from = tap * attributes.dilation(0);
            int to = from + (depth - 1) * attributes.stride(0) + 1;
            Tensor planes = planes(Ops.slice(x, 2, from, to, attributes.stride(0)));
            Tensor weights = reshape(Ops.slice(w, 2, tap, tap + 1), w.shape().without(2));
            Tensor term = Neural.conv2d(planes, weights, sum == null ? bias : null, window, groups);
            sum = sum == null ? term : Ops.add(sum, term);
        }
        if (sum == null) {
            throw new ShapeException("a window needs a depth of at least 1");
        }
        return volume(sum, volume.shape().size(0), depth);
    }

    /**
     * A sum over the taps along the depth, each a transposed convolution of planes whose results lie a stride apart.
     *
     * @param extra what is added to the end of each axis
     */
    static Tensor transposed(
            Tensor volume,
            Tensor w,
            @Nullable Tensor bias,
            WindowAttributes attributes,
            int groups,
            int[] pads,
            int[] extra) {
        int depth = volume.shape().size(2);
        int stride = attributes.stride(0);
        int whole = Limits.elements((depth - 1L) * stride + attributes.extent(0) + extra[0]);
        Tensor planes = planes(volume);
        Tensor sum = null;
        for (int tap = 0; tap < attributes.kernel(0); tap++) {
            Tensor weights = reshape(Ops.slice(w, 2, tap, tap + 1), w.shape().without(2));
            Tensor term =
                    Neural.convTranspose2d(planes, weights, null, attributes.window(pads), groups, extra[1], extra[2]);
            Tensor near = volume(term, volume.shape().size(0), depth);
            Shape shape = near.shape().with(2, whole);
            AxisList start = AxisList.of(0, 0, tap * attributes.dilation(0), 0, 0);
            Tensor apart = new Embed(start, AxisList.of(1, 1, stride, 1, 1), shape).on(near);
            sum = sum == null ? apart : Ops.add(sum, apart);
        }
        if (sum == null || pads[0] + pads[3] >= whole) {
            throw new ShapeException("a window needs a depth of at least 1, and its padding must leave some result");
        }
        Tensor cut = Ops.slice(sum, 2, pads[0], whole - pads[3]);
        int channels = cut.shape().size(1);
        return bias == null ? cut : Ops.add(cut, reshape(bias, Shape.of(channels, 1, 1, 1)));
    }

    /** {@code N×C×D×H×W} as {@code (N·D)×C×H×W}. */
    private static Tensor planes(Tensor x) {
        Shape shape = x.shape();
        return reshape(
                transpose(x, 0, 2, 1, 3, 4),
                Shape.of(shape.size(0) * shape.size(2), shape.size(1), shape.size(3), shape.size(4)));
    }

    private static Tensor volume(Tensor planes, int count, int depth) {
        Shape shape = planes.shape();
        Tensor apart = reshape(planes, Shape.of(count, depth, shape.size(1), shape.size(2), shape.size(3)));
        return transpose(apart, 0, 2, 1, 3, 4);
    }

    /** Pools windows of planes. */
    @FunctionalInterface
    interface Pool {
        Tensor over(Tensor planes, WindowGeometry window);
    }

    /** First in every plane, then along the depth: largest elements and means of boxes are those of rows of planes. */
    static Tensor pooled(Tensor volume, WindowAttributes attributes, Pool pool) {
        int[] pads = attributes.padding(volume.shape());
        Shape in = volume.shape();
        Tensor planes = reshape(volume, Shape.of(in.size(0), in.size(1) * in.size(2), in.size(3), in.size(4)));
        Tensor narrow = pool.over(planes, attributes.window(pads));
        int height = narrow.shape().size(2);
        int width = narrow.shape().size(3);
        Tensor columns = reshape(narrow, Shape.of(in.size(0), in.size(1), in.size(2), height * width));
        Tensor shallow = pool.over(columns, attributes.depth(pads));
        return reshape(shallow, Shape.of(in.size(0), in.size(1), shallow.shape().size(2), height, width));
    }
}
