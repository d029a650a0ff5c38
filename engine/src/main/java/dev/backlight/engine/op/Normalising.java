package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.meanKeeping;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.pow;
import static dev.backlight.engine.op.Ops.reshape;
import static dev.backlight.engine.op.Ops.square;
import static dev.backlight.engine.op.Ops.sub;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/** The formula that normalisations over part of one image share. */
final class Normalising {
    private Normalising() {}

    /** (x − mean)/√(variance + ε) over the axes, with the biased variance. */
    static Tensor over(Tensor x, double epsilon, int... axes) {
        Tensor centred = sub(x, meanKeeping(x, axes));
        return mul(centred, pow(add(meanKeeping(square(centred), axes), epsilon), -0.5));
    }

    /** Over the elements of each of {@code groups} groups of channels, then γ and β of size C. */
    static Tensor groups(String operation, List<Tensor> inputs, int groups, double epsilon) {
        Tensor x = inputs.getFirst();
        Channels.require(operation, x, inputs.get(1), inputs.get(2));
        int channels = x.shape().size(1);
        if (groups < 1 || channels % groups != 0) {
            throw new ShapeException(
                    operation + " cannot divide " + channels + " channels into " + groups + " groups of one size");
        }
        Tensor rows = Shapes.reshape(x, x.shape().size(0), groups, -1);
        Tensor normal = reshape(over(rows, epsilon, 2), x.shape());
        return new ChannelAffine().on(normal, inputs.get(1), inputs.get(2));
    }
}
