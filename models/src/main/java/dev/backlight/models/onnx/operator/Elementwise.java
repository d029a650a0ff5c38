package dev.backlight.models.onnx.operator;

import static dev.backlight.engine.op.Ops.cast;
import static dev.backlight.engine.op.Ops.equal;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sub;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
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
        to.add("Add", binary(Ops::add))
                .add("Sub", binary(Ops::sub))
                .add("Mul", binary(Ops::mul))
                .add("Div", binary(Ops::div))
                .since(7, "Pow", Elementwise::pow, 1)
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
                .add("Floor", unary(Ops::floor))
                .add("Ceil", unary(Ops::ceil))
                .add("Round", unary(Ops::round));
    }

    private static void comparisons(OperatorRegistry.Builder to) {
        to.add("Equal", truth(Ops::equal))
                .add("Less", truth(Ops::less))
                .since(12, "LessOrEqual", truth(Ops::lessOrEqual))
                .add("Greater", truth(Ops::greater))
                .since(12, "GreaterOrEqual", truth(Ops::greaterOrEqual))
                .since(9, "Where", at -> Ops.where(at.tensor(0), at.tensor(1), at.tensor(2)));
    }

    private static void logic(OperatorRegistry.Builder to) {
        to.add("Not", unary(x -> equal(x, 0)))
                .add("And", binary(Ops::mul))
                .add("Or", binary(Ops::maximum))
                .add("Xor", binary((a, b) -> sub(1, equal(a, b))));
    }

    /** A constant exponent needs no logarithm in its gradient, so that negative bases are fine. */
    private static Tensor pow(Invocation at) {
        Tensor base = at.tensor(0);
        if (at.isConstant(1)
                && at.constant(1).size() == 1
                && at.constant(1).shape().rank() <= base.shape().rank()) {
            return Ops.pow(base, at.constant(1).doubleAt(0));
        }
        return Ops.pow(base, cast(at.tensor(1), base.dtype()));
    }

    private static OperatorRegistry.Single unary(UnaryOperator<Tensor> function) {
        return at -> function.apply(at.tensor(0));
    }

    private static OperatorRegistry.Single binary(BinaryOperator<Tensor> function) {
        return at -> function.apply(at.tensor(0), at.tensor(1));
    }

    private static OperatorRegistry.Single truth(BinaryOperator<Tensor> function) {
        return at -> cast(function.apply(at.tensor(0), at.tensor(1)), DType.I64);
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
