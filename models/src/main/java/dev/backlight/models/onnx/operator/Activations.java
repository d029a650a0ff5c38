package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.abs;
import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.div;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.reshape;
import static dev.backlight.engine.op.Ops.sub;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Gelu;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;

/** Non-linearities. */
final class Activations {
    private static final double SELU_ALPHA = 1.6732631921768188;
    private static final double SELU_GAMMA = 1.0507010221481323;
    private static final int SOFTMAX_OF_ONE_AXIS = 13;

    private Activations() {}

    static void register(OperatorRegistry.Builder to) {
        to.add("Relu", at -> Neural.relu(at.tensor(0)))
                .add(
                        "LeakyRelu",
                        at -> Neural.leakyRelu(at.tensor(0), at.attributes().real("alpha", 0.01)))
                .add("Sigmoid", at -> Neural.sigmoid(at.tensor(0)))
                .add("Tanh", at -> Neural.tanh(at.tensor(0)))
                .add("Softplus", at -> Neural.softplus(at.tensor(0)))
                .add("Softsign", at -> div(at.tensor(0), add(abs(at.tensor(0)), 1)))
                .add("HardSigmoid", Activations::hardSigmoid)
                .since(14, "HardSwish", at -> Neural.hardSwish(at.tensor(0)))
                .add("Elu", at -> Neural.elu(at.tensor(0), at.attributes().real("alpha", 1)))
                .add("Selu", Activations::selu)
                .since(18, "Mish", at -> mul(at.tensor(0), Neural.tanh(Neural.softplus(at.tensor(0)))))
                .since(20, "Gelu", Activations::gelu)
                .since(1, "PRelu", at -> prelu(at.tensor(0), perChannel(at)))
                .since(7, "PRelu", at -> prelu(at.tensor(0), at.tensor(1)))
                .add("ThresholdedRelu", Activations::thresholded)
                .since(12, "Celu", Activations::celu)
                .since(9, "Shrink", Activations::shrink)
                .since(24, "Swish", Activations::swish)
                .add("Clip", Activations::clipByAttributes)
                .since(11, "Clip", Activations::clipByInputs, 1, 2);
        register(to, "Softmax", Neural::softmax);
        register(to, "LogSoftmax", Neural::logSoftmax);
        register(to, "Hardmax", Activations::hardmax);
    }

    private interface AlongAxis {
        Tensor apply(Tensor x, int axis);
    }

    private static void register(OperatorRegistry.Builder to, String name, AlongAxis function) {
        to.add(name, at -> flattened(at, function))
                .since(
                        SOFTMAX_OF_ONE_AXIS,
                        name,
                        at -> function.apply(at.tensor(0), at.attributes().integer("axis", -1)));
    }

    /** Before version 13 all axes from {@code axis} on are normalised together. */
    private static Tensor flattened(Invocation at, AlongAxis function) {
        Tensor x = at.tensor(0);
        Shape matrix = ShapeOperators.matrix(x.shape(), at.attributes().integer("axis", 1));
        return reshape(function.apply(reshape(x, matrix), 1), x.shape());
    }

    private static Tensor hardSigmoid(Invocation at) {
        return Neural.hardSigmoid(
                at.tensor(0),
                at.attributes().real("alpha", 0.2),
                at.attributes().real("beta", 0.5));
    }

    private static Tensor selu(Invocation at) {
        return mul(
                Neural.elu(at.tensor(0), at.attributes().real("alpha", SELU_ALPHA)),
                at.attributes().real("gamma", SELU_GAMMA));
    }

    private static Tensor gelu(Invocation at) {
        return switch (at.attributes().text("approximate", "none")) {
            case "none" -> Neural.gelu(at.tensor(0), Gelu.Form.ERF);
            case "tanh" -> Neural.gelu(at.tensor(0), Gelu.Form.TANH);
            default -> throw at.unsupported("Gelu is approximated by \"none\" or \"tanh\" only");
        };
    }

    /** max(x, 0) − slope·max(−x, 0). */
    private static Tensor prelu(Tensor x, Tensor slope) {
        return sub(Neural.relu(x), mul(slope, Neural.relu(Ops.neg(x))));
    }

    /** Before version 7 the slopes are one number, or one per channel. */
    private static Tensor perChannel(Invocation at) {
        Tensor slope = at.tensor(1);
        int rank = at.tensor(0).shape().rank();
        if (slope.shape().rank() != 1 || rank < 3) {
            return slope;
        }
        int[] sizes = new int[rank - 1];
        Arrays.fill(sizes, 1);
        sizes[0] = slope.shape().size(0);
        return reshape(slope, Shape.of(sizes));
    }

    private static Tensor thresholded(Invocation at) {
        Tensor x = at.tensor(0);
        return mul(x, Ops.step(add(x, -at.attributes().real("alpha", 1))));
    }

    /** max(x, 0) + min(α·(exp(x/α) − 1), 0), which is Elu of x/α, times α (Barron 2017). */
    private static Tensor celu(Invocation at) {
        double alpha = at.attributes().real("alpha", 1);
        return mul(Neural.elu(mul(at.tensor(0), 1 / alpha), 1), alpha);
    }

    /** Towards zero by {@code bias}, and zero within {@code lambd} of it. */
    private static Tensor shrink(Invocation at) {
        Tensor x = at.tensor(0);
        double lambda = at.attributes().real("lambd", 0.5);
        double bias = at.attributes().real("bias", 0);
        Tensor above = mul(add(x, -bias), Ops.step(add(x, -lambda)));
        return add(above, mul(add(x, bias), Ops.step(sub(-lambda, x))));
    }

    private static Tensor swish(Invocation at) {
        Tensor x = at.tensor(0);
        return mul(x, Neural.sigmoid(mul(x, at.attributes().real("alpha", 1))));
    }

    /** 1 at the first largest element along the axis, else 0. */
    private static Tensor hardmax(Tensor x, int axis) {
        int along = x.shape().axis(axis);
        Tensor winners = reshape(Ops.argMax(x, along), x.shape().with(along, 1));
        return Ops.cast(Ops.equal(Scans.positions(x, along), winners), x.dtype());
    }

    private static Tensor clipByAttributes(Invocation at) {
        return Ops.clip(
                at.tensor(0),
                at.attributes().real("min", Double.NEGATIVE_INFINITY),
                at.attributes().real("max", Double.POSITIVE_INFINITY));
    }

    private static Tensor clipByInputs(Invocation at) {
        return Ops.clip(at.tensor(0), at.scalar(1, Double.NEGATIVE_INFINITY), at.scalar(2, Double.POSITIVE_INFINITY));
    }
}
