package dev.backlight.models.onnx.export;

import static dev.backlight.models.onnx.export.Site.real;

import dev.backlight.engine.op.Abs;
import dev.backlight.engine.op.Add;
import dev.backlight.engine.op.Affine;
import dev.backlight.engine.op.Cast;
import dev.backlight.engine.op.Ceil;
import dev.backlight.engine.op.Clip;
import dev.backlight.engine.op.Compare;
import dev.backlight.engine.op.Cos;
import dev.backlight.engine.op.Divide;
import dev.backlight.engine.op.Elu;
import dev.backlight.engine.op.Erf;
import dev.backlight.engine.op.Exp;
import dev.backlight.engine.op.Floor;
import dev.backlight.engine.op.Gelu;
import dev.backlight.engine.op.HardSigmoid;
import dev.backlight.engine.op.HardSwish;
import dev.backlight.engine.op.LeakyRelu;
import dev.backlight.engine.op.Log;
import dev.backlight.engine.op.Maximum;
import dev.backlight.engine.op.Minimum;
import dev.backlight.engine.op.Multiply;
import dev.backlight.engine.op.Negate;
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
import dev.backlight.models.onnx.graph.Attribute;
import java.util.Map;
import java.util.Optional;

/** Writes functions of single elements. */
final class ElementwiseLowering {
    private static final Map<String, Attribute> NONE = Map.of();

    private ElementwiseLowering() {}

    /** Whether the op is one of them, and is written now. */
    static boolean lower(Site at) {
        Optional<String> namesake = namesake(at);
        if (namesake.isPresent()) {
            at.emit(namesake.get(), NONE);
            return true;
        }
        return withSettings(at) || composed(at);
    }

    /** The operator that does the same without any setting. */
    private static Optional<String> namesake(Site at) {
        return Optional.ofNullable(
                switch (at.op()) {
                    case Add op -> "Add";
                    case Subtract op -> "Sub";
                    case Multiply op -> "Mul";
                    case Divide op -> "Div";
                    case Minimum op -> "Min";
                    case Maximum op -> "Max";
                    case Power op -> "Pow";
                    case Negate op -> "Neg";
                    case Abs op -> "Abs";
                    case Sign op -> "Sign";
                    case Exp op -> "Exp";
                    case Log op -> "Log";
                    case Sqrt op -> "Sqrt";
                    case Reciprocal op -> "Reciprocal";
                    case Sin op -> "Sin";
                    case Cos op -> "Cos";
                    case Erf op -> "Erf";
                    case Floor op -> "Floor";
                    case Ceil op -> "Ceil";
                    case Round op -> "Round";
                    case Relu op -> "Relu";
                    case Sigmoid op -> "Sigmoid";
                    case Tanh op -> "Tanh";
                    case Softplus op -> "Softplus";
                    case HardSwish op -> "HardSwish";
                    default -> null;
                });
    }

    private static boolean withSettings(Site at) {
        switch (at.op()) {
            case LeakyRelu op -> at.emit("LeakyRelu", Map.of("alpha", real(op.slope())));
            case Elu op -> at.emit("Elu", Map.of("alpha", real(op.alpha())));
            case HardSigmoid op -> at.emit("HardSigmoid", Map.of("alpha", real(op.slope()), "beta", real(op.shift())));
            case Gelu op -> {
                String form = op.form() == Gelu.Form.TANH ? "tanh" : "none";
                at.emit("Gelu", Map.of("approximate", new Attribute.Text(form)));
            }
            case Cast op -> at.emit("Cast", Map.of("to", at.outputType()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean composed(Site at) {
        switch (at.op()) {
            case Square op -> at.end("Mul", NONE, at.input(0), at.input(0));
            case PowerOf op -> at.end("Pow", NONE, at.input(0), at.number(op.exponent()));
            case Clip op -> at.end("Clip", NONE, at.input(0), at.number(op.low()), at.number(op.high()));
            case Relu6 op -> at.end("Clip", NONE, at.input(0), at.number(0), at.number(6));
            case Silu op -> at.end("Mul", NONE, at.input(0), at.via("Sigmoid", NONE, at.input(0)));
            case Affine op -> affine(at, op);
            case Compare op -> compare(at, op);
            case Step op ->
                at.end("Cast", Map.of("to", at.outputType()), at.via("Greater", NONE, at.input(0), at.number(0)));
            case Where op -> at.end("Where", NONE, at.truth(at.input(0)), at.input(1), at.input(2));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void affine(Site at, Affine op) {
        if (op.scale() == 1) {
            at.end("Add", NONE, at.input(0), at.number(op.shift()));
        } else if (op.shift() == 0) {
            at.end("Mul", NONE, at.input(0), at.number(op.scale()));
        } else {
            at.end("Add", NONE, at.via("Mul", NONE, at.input(0), at.number(op.scale())), at.number(op.shift()));
        }
    }

    private static void compare(Site at, Compare op) {
        String operator = switch (op.comparison()) {
            case EQUAL -> "Equal";
            case LESS -> "Less";
            case LESS_OR_EQUAL -> "LessOrEqual";
            case GREATER -> "Greater";
            case GREATER_OR_EQUAL -> "GreaterOrEqual";
            default -> throw at.unsupported(op.comparison() + " is no comparison");
        };
        at.end("Cast", Map.of("to", at.outputType()), at.via(operator, NONE, at.inputs()));
    }
}
