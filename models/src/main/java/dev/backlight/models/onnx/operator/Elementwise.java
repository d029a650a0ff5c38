package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.cast;
import static dev.backlight.engine.op.Ops.div;
import static dev.backlight.engine.op.Ops.equal;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sub;
import static dev.backlight.models.onnx.operator.InverseFunction.Kind.ACOS;
import static dev.backlight.models.onnx.operator.InverseFunction.Kind.ACOSH;
import static dev.backlight.models.onnx.operator.InverseFunction.Kind.ASIN;
import static dev.backlight.models.onnx.operator.InverseFunction.Kind.ASINH;
import static dev.backlight.models.onnx.operator.InverseFunction.Kind.ATAN;
import static dev.backlight.models.onnx.operator.InverseFunction.Kind.ATANH;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Arithmetic, comparisons and logic, element by element with broadcasting. Truth values are I64, 1 or 0. */
final class Elementwise {
    private Elementwise() {}

    static void register(OperatorRegistry.Builder to) {
        arithmetic(to);
        functions(to);
        comparisons(to);
        logic(to);
    }

    private static void arithmetic(OperatorRegistry.Builder to) {
        broadcasting(to, "Add", Ops::add);
        broadcasting(to, "Sub", Ops::sub);
        broadcasting(to, "Mul", Ops::mul);
        broadcasting(to, "Div", Ops::div);
        to.since(1, "Pow", at -> pow(at.tensor(0), aligned(at)))
                .since(7, "Pow", Elementwise::pow, 1)
                .since(10, "Mod", Elementwise::mod)
                .add("Sum", reduced(Ops::add))
                .add("Min", reduced(Ops::minimum))
                .add("Max", reduced(Ops::maximum))
                .add("Mean", at -> mul(reduced(Ops::add).apply(at), 1.0 / at.inputs()));
    }

    private static void functions(OperatorRegistry.Builder to) {
        to.add("Neg", unary(Ops::neg))
                .add("Abs", unary(Ops::abs))
                .add("Sign", unary(Ops::sign))
                .add("Exp", unary(Ops::exp))
                .add("Log", unary(Ops::log))
                .add("Sqrt", unary(Ops::sqrt))
                .add("Reciprocal", unary(Ops::reciprocal))
                .add("Erf", unary(Ops::erf))
                .add("Sin", unary(Ops::sin))
                .add("Cos", unary(Ops::cos))
                .add("Tan", unary(x -> div(Ops.sin(x), Ops.cos(x))))
                .add("Sinh", unary(x -> mul(Neural.tanh(x), cosh(x))))
                .add("Cosh", unary(Elementwise::cosh))
                .add("Asin", unary(x -> InverseFunction.of(ASIN, x)))
                .add("Acos", unary(x -> InverseFunction.of(ACOS, x)))
                .add("Atan", unary(x -> InverseFunction.of(ATAN, x)))
                .add("Asinh", unary(x -> InverseFunction.of(ASINH, x)))
                .add("Acosh", unary(x -> InverseFunction.of(ACOSH, x)))
                .add("Atanh", unary(x -> InverseFunction.of(ATANH, x)))
                .add("Floor", unary(Ops::floor))
                .add("Ceil", unary(Ops::ceil))
                .add("Round", unary(Ops::round));
    }

    private static void comparisons(OperatorRegistry.Builder to) {
        broadcasting(to, "Equal", truth(Ops::equal));
        broadcasting(to, "Less", truth(Ops::less));
        broadcasting(to, "Greater", truth(Ops::greater));
        to.since(12, "LessOrEqual", binary(truth(Ops::lessOrEqual)))
                .since(9, "IsNaN", at -> cast(sub(1, equal(at.tensor(0), at.tensor(0))), DType.I64))
                .since(10, "IsInf", Elementwise::isInfinite)
                .since(12, "GreaterOrEqual", binary(truth(Ops::greaterOrEqual)))
                .since(9, "Where", at -> Ops.where(at.tensor(0), at.tensor(1), at.tensor(2)));
    }

    private static void logic(OperatorRegistry.Builder to) {
        broadcasting(to, "And", Ops::mul);
        broadcasting(to, "Or", Ops::maximum);
        broadcasting(to, "Xor", (a, b) -> sub(1, equal(a, b)));
        to.add("Not", unary(x -> equal(x, 0)));
    }

    /** A constant exponent needs no logarithm in its gradient, so that negative bases are fine. */
    private static Tensor pow(Invocation at) {
        Tensor base = at.tensor(0);
        if (base.dtype().isFloating()
                && at.isConstant(1)
                && at.constant(1).size() == 1
                && at.constant(1).shape().rank() <= base.shape().rank()) {
            return Ops.pow(base, at.constant(1).doubleAt(0));
        }
        return pow(base, at.tensor(1));
    }

    /** Whole bases are raised in floating point, where their exponents may be negative or broken. */
    private static Tensor pow(Tensor base, Tensor exponent) {
        if (base.dtype().isFloating()) {
            return Ops.pow(base, cast(exponent, base.dtype()));
        }
        DType wide = DType.F64;
        return cast(Ops.round(Ops.pow(cast(base, wide), cast(exponent, wide))), DType.I64);
    }

    /** The remainder has the sign of the divisor, or, with {@code fmod}, of the dividend. */
    private static Tensor mod(Invocation at) {
        Tensor a = at.tensor(0);
        DType own = a.dtype();
        DType real = own.isFloating() ? own : DType.F64;
        Tensor dividend = cast(a, real);
        Tensor divisor = cast(at.tensor(1), real);
        Tensor quotient = div(dividend, divisor);
        Tensor whole = at.attributes().flag("fmod", false)
                ? mul(Ops.sign(quotient), Ops.floor(Ops.abs(quotient)))
                : Ops.floor(quotient);
        return cast(sub(dividend, mul(divisor, whole)), own);
    }

    private static Tensor cosh(Tensor x) {
        return mul(add(Ops.exp(x), Ops.exp(Ops.neg(x))), 0.5);
    }

    private static Tensor isInfinite(Invocation at) {
        Tensor x = at.tensor(0);
        Tensor above = equal(x, Double.POSITIVE_INFINITY);
        Tensor below = equal(x, Double.NEGATIVE_INFINITY);
        double counted = at.attributes().flag("detect_positive", true) ? 1 : 0;
        double countedBelow = at.attributes().flag("detect_negative", true) ? 1 : 0;
        return cast(add(mul(above, counted), mul(below, countedBelow)), DType.I64);
    }

    /** As in NumPy from version 7 on. */
    private static void broadcasting(OperatorRegistry.Builder to, String opType, BinaryOperator<Tensor> function) {
        to.since(1, opType, at -> function.apply(at.tensor(0), aligned(at))).since(7, opType, binary(function));
    }

    /** Before version 7 the axes of the second operand stand for those of the first from {@code axis} on. */
    private static Tensor aligned(Invocation at) {
        Tensor b = at.tensor(1);
        if (!at.attributes().has("axis")) {
            return b;
        }
        Shape a = at.tensor(0).shape();
        Shape shape = b.shape();
        for (int rank = a.axis(at.attributes().integer("axis", 0)) + shape.rank(); rank < a.rank(); rank++) {
            shape = shape.insert(shape.rank(), 1);
        }
        return Ops.reshape(b, shape);
    }

    private static OperatorRegistry.Single unary(UnaryOperator<Tensor> function) {
        return at -> function.apply(at.tensor(0));
    }

    private static OperatorRegistry.Single binary(BinaryOperator<Tensor> function) {
        return at -> function.apply(at.tensor(0), at.tensor(1));
    }

    private static BinaryOperator<Tensor> truth(BinaryOperator<Tensor> function) {
        return (a, b) -> cast(function.apply(a, b), DType.I64);
    }

    private static OperatorRegistry.Single reduced(BinaryOperator<Tensor> function) {
        return at -> {
            Tensor result = at.tensor(0);
            for (int i = 1; i < at.inputs(); i++) {
                result = function.apply(result, at.tensor(i));
            }
            return result;
        };
    }
}
