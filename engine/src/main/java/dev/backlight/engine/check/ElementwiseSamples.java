package dev.backlight.engine.check;

import static dev.backlight.engine.check.OpSample.sample;
import static dev.backlight.engine.check.SampleInput.distinct;
import static dev.backlight.engine.check.SampleInput.indices;
import static dev.backlight.engine.check.SampleInput.smooth;
import static dev.backlight.engine.check.SampleInput.uniform;

import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.op.Abs;
import dev.backlight.engine.op.Add;
import dev.backlight.engine.op.Affine;
import dev.backlight.engine.op.Cast;
import dev.backlight.engine.op.Ceil;
import dev.backlight.engine.op.Clip;
import dev.backlight.engine.op.Compare;
import dev.backlight.engine.op.Cos;
import dev.backlight.engine.op.Divide;
import dev.backlight.engine.op.Dropout;
import dev.backlight.engine.op.Elu;
import dev.backlight.engine.op.Erf;
import dev.backlight.engine.op.Exp;
import dev.backlight.engine.op.Floor;
import dev.backlight.engine.op.Gate;
import dev.backlight.engine.op.Gelu;
import dev.backlight.engine.op.HardSigmoid;
import dev.backlight.engine.op.HardSwish;
import dev.backlight.engine.op.Inside;
import dev.backlight.engine.op.LeakyRelu;
import dev.backlight.engine.op.Log;
import dev.backlight.engine.op.Maximum;
import dev.backlight.engine.op.Minimum;
import dev.backlight.engine.op.Multiply;
import dev.backlight.engine.op.Negate;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Power;
import dev.backlight.engine.op.PowerOf;
import dev.backlight.engine.op.Reciprocal;
import dev.backlight.engine.op.Relu;
import dev.backlight.engine.op.Relu6;
import dev.backlight.engine.op.Round;
import dev.backlight.engine.op.Sigmoid;
import dev.backlight.engine.op.Sign;
import dev.backlight.engine.op.Silu;
import dev.backlight.engine.op.Sin;
import dev.backlight.engine.op.Softplus;
import dev.backlight.engine.op.Sqrt;
import dev.backlight.engine.op.Square;
import dev.backlight.engine.op.Step;
import dev.backlight.engine.op.Subtract;
import dev.backlight.engine.op.Tanh;
import dev.backlight.engine.op.Where;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/** Functions of one, two or three elements, broadcasting. */
final class ElementwiseSamples {
    private ElementwiseSamples() {}

    private static final int[] SIZES = {3, 5};

    static List<OpSample> all() {
        return List.of(
                sample("affine", Affine.class, in -> Ops.sub(3, Ops.mul(in.getFirst(), -1.5)), smooth(SIZES)),
                sample("neg", Negate.class, in -> Ops.neg(in.getFirst()), smooth(SIZES)),
                sample("abs", Abs.class, in -> Ops.abs(in.getFirst()), smooth(SIZES, 0)),
                sample("sign", Sign.class, in -> Ops.sign(in.getFirst()), smooth(SIZES, 0)),
                sample("step", Step.class, in -> Ops.step(in.getFirst()), smooth(SIZES, 0)),
                sample("square", Square.class, in -> Ops.square(in.getFirst()), smooth(SIZES)),
                sample("exp", Exp.class, in -> Ops.exp(in.getFirst()), smooth(SIZES)),
                sample("log", Log.class, in -> Ops.log(in.getFirst()), positive()),
                sample("sqrt", Sqrt.class, in -> Ops.sqrt(in.getFirst()), positive()),
                sample("reciprocal", Reciprocal.class, in -> Ops.reciprocal(in.getFirst()), positive()),
                sample("reciprocal of negatives", Reciprocal.class, in -> Ops.reciprocal(in.getFirst()), negative()),
                sample("sin", Sin.class, in -> Ops.sin(in.getFirst()), smooth(SIZES)),
                sample("cos", Cos.class, in -> Ops.cos(in.getFirst()), smooth(SIZES)),
                sample("erf", Erf.class, in -> Ops.erf(in.getFirst()), smooth(SIZES)),
                sample("floor", Floor.class, in -> Ops.floor(in.getFirst()), smooth(SIZES, -1, 0, 1)),
                sample("ceil", Ceil.class, in -> Ops.ceil(in.getFirst()), smooth(SIZES, -1, 0, 1)),
                sample("round", Round.class, in -> Ops.round(in.getFirst()), smooth(SIZES, -1.5, -0.5, 0.5, 1.5)),
                sample("clip", Clip.class, in -> Ops.clip(in.getFirst(), -0.5, 1), smooth(SIZES, -0.5, 1)),
                sample("inside", Inside.class, in -> new Inside(-0.5, 1).on(in.getFirst()), smooth(SIZES, -0.5, 1)),
                sample("power 3", PowerOf.class, in -> Ops.pow(in.getFirst(), 3), smooth(SIZES)),
                sample("power 1", PowerOf.class, in -> Ops.pow(in.getFirst(), 1), smooth(SIZES)),
                sample("power 0", PowerOf.class, in -> Ops.pow(in.getFirst(), 0), smooth(SIZES)),
                sample("power 2 at 0", PowerOf.class, in -> Ops.pow(in.getFirst(), 2), zeros()),
                sample("power -0.5", PowerOf.class, in -> Ops.pow(in.getFirst(), -0.5), positive()),
                sample("cast", Cast.class, in -> new Cast(in.getFirst().dtype()).on(in.getFirst()), smooth(SIZES)),
                sample(
                        "cast of indices",
                        Cast.class,
                        in -> Ops.mul(
                                in.get(0),
                                new Cast(in.get(0).dtype())
                                        .on(Ops.cast(in.get(1), in.get(0).dtype()))),
                        smooth(new int[] {4}),
                        indices(Shape.of(4), 3, -1, 0, 12)));
    }

    static List<OpSample> activations() {
        return List.of(
                sample("relu", Relu.class, in -> Neural.relu(in.getFirst()), smooth(SIZES, 0)),
                sample("leakyRelu", LeakyRelu.class, in -> Neural.leakyRelu(in.getFirst(), 0.1), smooth(SIZES, 0)),
                sample("relu6", Relu6.class, in -> Neural.relu6(Ops.mul(in.getFirst(), 4)), smooth(SIZES, 0, 1.5)),
                sample("sigmoid", Sigmoid.class, in -> Neural.sigmoid(in.getFirst()), smooth(SIZES)),
                sample("tanh", Tanh.class, in -> Neural.tanh(in.getFirst()), smooth(SIZES)),
                sample("softplus", Softplus.class, in -> Neural.softplus(in.getFirst()), smooth(SIZES)),
                sample("silu", Silu.class, in -> Neural.silu(in.getFirst()), smooth(SIZES)),
                sample("elu", Elu.class, in -> Neural.elu(in.getFirst(), 1.3), smooth(SIZES, 0)),
                eluAtZero(),
                sample("gelu erf", Gelu.class, in -> Neural.gelu(in.getFirst(), Gelu.Form.ERF), smooth(SIZES)),
                sample("gelu tanh", Gelu.class, in -> Neural.gelu(in.getFirst(), Gelu.Form.TANH), smooth(SIZES)),
                sample(
                        "hardSigmoid",
                        HardSigmoid.class,
                        in -> Neural.hardSigmoid(Ops.mul(in.getFirst(), 2)),
                        smooth(SIZES, -1.5, 1.5)),
                sample(
                        "hardSwish",
                        HardSwish.class,
                        in -> Neural.hardSwish(Ops.mul(in.getFirst(), 2)),
                        smooth(SIZES, -1.5, 1.5)),
                sample("dropout", Dropout.class, in -> Neural.dropout(in.getFirst(), 0.3, 11), smooth(SIZES)));
    }

    static List<OpSample> binary() {
        return List.of(
                sample("add", Add.class, in -> Ops.add(in.get(0), in.get(1)), left(), right()),
                sample("sub", Subtract.class, in -> Ops.sub(in.get(0), in.get(1)), left(), right()),
                sample("mul", Multiply.class, in -> Ops.mul(in.get(0), in.get(1)), left(), right()),
                sample("mul by itself", Multiply.class, in -> Ops.mul(in.get(0), in.get(0)), left()),
                sample("mul by a scalar", Multiply.class, in -> Ops.mul(in.get(0), in.get(1)), left(), uniform(1, 2)),
                sample("mul of row and column", Multiply.class, in -> Ops.mul(in.get(0), in.get(1)), row(), column()),
                sample("div", Divide.class, in -> Ops.div(in.get(0), in.get(1)), left(), uniform(0.5, 2, 3, 1)),
                sample("pow", Power.class, in -> Ops.pow(in.get(0), in.get(1)), uniform(0.5, 2, 2, 3, 4), right()),
                sample("minimum", Minimum.class, in -> Ops.minimum(in.get(0), in.get(1)), far(3, 4), apart(4)),
                sample("maximum", Maximum.class, in -> Ops.maximum(in.get(0), in.get(1)), far(3, 4), apart(4)),
                sample("maximum with itself", Maximum.class, in -> Ops.maximum(in.get(0), in.get(0)), left()),
                sample("gate", Gate.class, in -> Ops.gate(in.get(0), in.get(1)), left(), smooth(new int[] {3, 4}, 0)),
                comparison("equal", BinaryFunction.EQUAL),
                comparison("less", BinaryFunction.LESS),
                comparison("lessOrEqual", BinaryFunction.LESS_OR_EQUAL),
                comparison("greater", BinaryFunction.GREATER),
                comparison("greaterOrEqual", BinaryFunction.GREATER_OR_EQUAL),
                sample(
                        "where",
                        Where.class,
                        in -> Ops.where(in.get(2), in.get(0), in.get(1)),
                        left(),
                        right(),
                        indices(Shape.of(4), 0, 1, 0, 7)));
    }

    /** With alpha 1 the slope is 1 on both sides of 0; odd, so that the jump of the second derivative cancels. */
    private static OpSample eluAtZero() {
        return new OpSample(
                "elu at 0",
                Elu.class,
                List.of(zeros()),
                in -> Ops.sub(Neural.elu(in.getFirst(), 1), Neural.elu(Ops.neg(in.getFirst()), 1)),
                1e-5);
    }

    private static OpSample comparison(String name, BinaryFunction function) {
        return sample(name, Compare.class, in -> new Compare(function).on(in.get(0), in.get(1)), far(3, 4), apart(4));
    }

    private static SampleInput positive() {
        return uniform(0.5, 2, SIZES);
    }

    private static SampleInput negative() {
        return uniform(-2, -0.5, SIZES);
    }

    private static SampleInput zeros() {
        return positive().map(x -> 0);
    }

    private static SampleInput left() {
        return smooth(new int[] {2, 3, 4});
    }

    private static SampleInput right() {
        return smooth(new int[] {3, 1});
    }

    private static SampleInput row() {
        return smooth(new int[] {1, 5});
    }

    private static SampleInput column() {
        return smooth(new int[] {3, 1});
    }

    /** Multiples of 0.1 plus 0.03. */
    private static SampleInput far(int... sizes) {
        return distinct(sizes);
    }

    /** Multiples of 0.1 plus 0.08, so never near {@link #far}. */
    private static SampleInput apart(int... sizes) {
        return distinct(sizes).map(x -> x + 0.05);
    }
}
