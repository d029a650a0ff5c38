package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.stream.IntStream;

/** What ops with one number per channel (axis 1) share. */
final class Channels {
    private Channels() {}

    /** x·scale per channel. */
    static Tensor scaled(Tensor x, Tensor scale) {
        return new ChannelAffine().on(x, scale, Tensor.full(x.backend(), x.dtype(), scale.shape(), 0));
    }

    /** x − mean per channel. */
    static Tensor centred(Tensor x, Tensor mean) {
        return new ChannelAffine().on(x, Tensor.full(x.backend(), x.dtype(), mean.shape(), 1), Ops.neg(mean));
    }

    /** The sum over all axes but the channels': size C. */
    static Tensor sum(Tensor x) {
        return Ops.sum(x, others(x.shape()));
    }

    /** The number of elements each channel has. */
    static long count(Shape shape) {
        return shape.elements() / Math.max(1, shape.size(1));
    }

    /** All axes but the channels'. */
    static int[] others(Shape shape) {
        return IntStream.range(0, shape.rank()).filter(axis -> axis != 1).toArray();
    }

    /** A vector of size C shaped to broadcast against {@code N×C×…}. */
    static Tensor column(Tensor perChannel, int rank) {
        int[] sizes = new int[rank - 1];
        Arrays.fill(sizes, 1);
        sizes[0] = perChannel.shape().size(0);
        return Ops.reshape(perChannel, Shape.of(sizes));
    }

    /** @throws ShapeException when x has no channels, or a vector is not one number per channel */
    static void require(String operation, Tensor x, Tensor... perChannel) {
        if (x.shape().rank() < 2) {
            throw new ShapeException(operation + " needs an input N×C×…, but found shape " + x.shape());
        }
        for (Tensor vector : perChannel) {
            Broadcasting.requireAlike(operation, x, vector);
            if (!vector.shape().equals(Shape.of(x.shape().size(1)))) {
                throw new ShapeException(operation + " of an input " + x.shape() + " needs vectors of size "
                        + x.shape().size(1) + ", one number per channel, but found shape " + vector.shape());
            }
        }
    }
}
