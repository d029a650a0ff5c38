package dev.backlight.models.onnx.operator;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Convolution over one to three axes, and its transpose. */
final class Convolutions {
    private Convolutions() {}

    static void register(OperatorRegistry.Builder to) {
        to.add("Conv", Convolutions::conv).add("ConvTranspose", Convolutions::transposed);
    }

    private static Tensor conv(Invocation at) {
        Tensor w = at.tensor(1);
        WindowAttributes attributes = new WindowAttributes(at, spatial(w));
        Tensor x = attributes.planes(at.tensor(0));
        int groups = at.attributes().integer("group", 1);
        if (attributes.isVolume()) {
            return Volumes.convolved(x, w, at.optional(2), attributes, groups);
        }
        return attributes.restored(
                Neural.conv2d(x, attributes.planes(w), at.optional(2), attributes.on(x.shape()), groups));
    }

    /** The adjoint of the convolution that would lead from the output to the input: weights are {@code C×(O/groups)×h×w}. */
    private static Tensor transposed(Invocation at) {
        WindowAttributes attributes = new WindowAttributes(at, spatial(at.tensor(1)));
        Tensor x = attributes.planes(at.tensor(0));
        Tensor w = attributes.planes(at.tensor(1));
        int groups = at.attributes().integer("group", 1);
        int[] extra = attributes.perAxis("output_padding", 0, 0);
        int[] unpadded = new int[extra.length];
        Arrays.setAll(
                unpadded,
                axis -> attributes.stride(axis) * (x.shape().size(axis + 2) - 1)
                        + extra[axis]
                        + attributes.extent(axis));
        int[] pads = transposedPadding(at, attributes, x.shape(), unpadded, extra);
        if (attributes.isVolume()) {
            return Volumes.transposed(x, w, at.optional(2), attributes, groups, pads, extra);
        }
        return attributes.restored(
                Neural.convTranspose2d(x, w, at.optional(2), attributes.window(pads), groups, extra[0], extra[1]));
    }

    /** Padding that gives the stated size; what is missing to a larger size goes into the padding of the output. */
    private static int[] transposedPadding(
            Invocation at, WindowAttributes attributes, Shape x, int[] unpadded, int[] extra) {
        boolean isSame = attributes.autoPad().startsWith("SAME_");
        if (!isSame && !at.attributes().has("output_shape")) {
            return attributes.autoPad().equals("VALID") ? new int[2 * extra.length] : attributes.statedPadding();
        }
        int[] sizes = at.attributes().has("output_shape")
                ? attributes.perAxis("output_shape", 0, 1)
                : IntStream.range(0, extra.length)
                        .map(axis -> x.size(axis + 2) * attributes.stride(axis))
                        .toArray();
        int[] pads = new int[2 * extra.length];
        for (int axis = 0; axis < extra.length; axis++) {
            int total = unpadded[axis] - sizes[axis];
            if (total < 0) {
                extra[axis] -= total;
                continue;
            }
            int first = attributes.autoPad().equals("SAME_UPPER") ? total / 2 : total - total / 2;
            pads[axis] = first;
            pads[axis + extra.length] = total - first;
        }
        return pads;
    }

    private static int[] spatial(Tensor w) {
        int[] sizes = w.shape().sizes();
        return Arrays.copyOfRange(sizes, Math.min(2, sizes.length), sizes.length);
    }
}
