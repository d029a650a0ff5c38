package dev.backlight.kernels.common;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Recognises chains that are {@link EpilogueSteps}: links that each take the result before, in their order. */
public final class EpilogueMatch {
    /** A convolution or an input gradient of one; its results go through the steps on their way to memory. */
    @FunctionalInterface
    public interface Head {
        void run(Primitive head, List<DeviceArray> in, EpilogueSteps steps, DeviceArray out);
    }

    /** A chain, whose first operand may be its output. */
    @FunctionalInterface
    public interface Chain {
        void run(Primitive.Fused chain, List<DeviceArray> in, DeviceArray out);
    }

    /** The steps of an epilogue in their order. */
    private enum Stage {
        JOINED,
        GATE,
        AFFINE,
        RESIDUAL,
        RECTIFIED,
        END;

        /** The first that may come after this one. */
        Stage following() {
            return switch (this) {
                case JOINED -> GATE;
                case GATE -> AFFINE;
                case AFFINE -> RESIDUAL;
                case RESIDUAL -> RECTIFIED;
                case RECTIFIED, END -> END;
            };
        }
    }

    private final List<DeviceArray> operands;
    private final Shape shape;
    private Stage next = Stage.JOINED;
    private @Nullable DeviceArray joined;
    private @Nullable DeviceArray gate;
    private @Nullable DeviceArray scale;
    private @Nullable DeviceArray shift;
    private @Nullable DeviceArray residual;
    private boolean rectified;

    private EpilogueMatch(List<DeviceArray> operands, Shape shape) {
        this.operands = operands;
        this.shape = shape;
    }

    /** Runs the head and its chain: at once where the chain is an epilogue, else the chain passes over the head's result. */
    public static void run(
            Primitive.WithEpilogue fused, List<DeviceArray> in, DeviceArray out, Head head, Chain chain) {
        List<DeviceArray> operands = new ArrayList<>(in.subList(fused.operands() - 1, in.size()));
        operands.set(0, out);
        Optional<EpilogueSteps> steps = of(fused.epilogue(), operands, out.shape());
        head.run(fused.head(), in.subList(0, fused.operands()), steps.orElse(EpilogueSteps.NONE), out);
        if (steps.isEmpty()) {
            chain.run(fused.epilogue(), operands, out);
        }
    }

    /**
     * The epilogue that a chain is, if it is one.
     *
     * @param operands the head's result, and the chain's others
     * @param shape the head's result's
     */
    private static Optional<EpilogueSteps> of(Primitive.Fused chain, List<DeviceArray> operands, Shape shape) {
        EpilogueMatch match = new EpilogueMatch(operands, shape);
        int before = 0;
        for (int i = 0; i < chain.instructions().size(); i++) {
            Primitive.Instruction link = chain.instructions().get(i);
            if (!match.take(link.function(), link.operands(), before)) {
                return Optional.empty();
            }
            before = operands.size() + i;
        }
        return Optional.of(
                new EpilogueSteps(match.joined, match.gate, match.scale, match.shift, match.residual, match.rectified));
    }

    private boolean take(Primitive function, AxisList in, int before) {
        return switch (function) {
            case Primitive.Unary unary -> unary.function() == UnaryFunction.POSITIVE_PART && rectify(in.get(0), before);
            case Primitive.ChannelAffine affine -> affine(in, before);
            case Primitive.Binary binary -> binary(binary.function(), in.get(0), in.get(1), before);
            default -> false;
        };
    }

    private boolean rectify(int operand, int before) {
        rectified = operand == before && reach(Stage.RECTIFIED);
        return rectified;
    }

    private boolean affine(AxisList in, int before) {
        if (in.get(0) != before || !reach(Stage.AFFINE)) {
            return false;
        }
        scale = operands.get(in.get(1));
        shift = operands.get(in.get(2));
        return true;
    }

    private boolean binary(BinaryFunction function, int a, int b, int before) {
        if (function == BinaryFunction.GATE && a == before && isWhole(b) && reach(Stage.GATE)) {
            gate = operands.get(b);
            return true;
        }
        int other = a == before ? b : a;
        if (function != BinaryFunction.ADD || (a != before && b != before) || !isWhole(other)) {
            return false;
        }
        if (reach(Stage.JOINED)) {
            joined = operands.get(other);
            return true;
        }
        if (reach(Stage.RESIDUAL)) {
            residual = operands.get(other);
            return true;
        }
        return false;
    }

    /** An operand of the chain, of the output's own shape; neither the head's result nor a link's. */
    private boolean isWhole(int operand) {
        return operand > 0
                && operand < operands.size()
                && operands.get(operand).shape().equals(shape);
    }

    private boolean reach(Stage stage) {
        if (stage.compareTo(next) < 0) {
            return false;
        }
        next = stage.following();
        return true;
    }
}
