package dev.backlight.kernels.sweep;

import static dev.backlight.engine.shape.DType.F32;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Primitive.Instruction;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Chains, and convolutions with a chain behind them. Links are drawn from those under which an error grows no faster than the
 * magnitude of what is computed; functions with steeper or broken slopes read the chain's inputs only.
 */
final class Composites {
    private static final int LINKS = 5;

    /** Each link adds the errors of its operands and its own. */
    private static final double GROWTH = 1 << LINKS;

    private enum Stage {
        JOINED(1),
        GATE(1),
        AFFINE(2),
        RESIDUAL(1),
        RECTIFIED(0);

        final int operands;

        Stage(int operands) {
            this.operands = operands;
        }
    }

    private Composites() {}

    static SweepCase chain(Draw draw, int index) {
        Shape shape = draw.shape(draw.from(2, 4), draw.oneIn(8) ? 25 : 9);
        Links links = new Links(draw, shape);
        links.input(shape);
        Primitive.Fused chain = links.random();
        return new SweepCase(chain, F32, shape, Bounds.terms(GROWTH), links.inputs.toArray(DeviceArray[]::new));
    }

    static SweepCase epilogue(Draw draw, int index) {
        boolean forward = draw.oneIn(2);
        SweepCase head;
        do {
            head = forward ? Convolutions.forward(draw, index + 2) : Convolutions.inputGradient(draw, index + 2);
        } while (head.dtype() != F32);
        Links links = new Links(draw, head.out());
        links.inputs.add(SweepCase.REFERENCE.allocate(F32, head.out()));
        Primitive.Fused chain = draw.oneIn(3) ? links.random() : links.usual();
        List<DeviceArray> inputs = new ArrayList<>(head.inputs());
        inputs.addAll(links.inputs.subList(1, links.inputs.size()));
        Primitive whole =
                new Primitive.WithEpilogue(head.primitive(), head.inputs().size(), chain);
        SweepCase of = head;
        return new SweepCase(
                whole, F32, head.out(), (one, expected) -> epilogueBound(of, chain, one, expected), inputs);
    }

    /** How far the chain moves when its head moves by the head's own bound, either way, and the chain's roundings. */
    private static double[] epilogueBound(SweepCase head, Primitive.Fused chain, SweepCase whole, double[] expected) {
        double[] y = head.expected();
        double[] error = head.bound().of(head, y);
        double[] bounds = Bounds.scaled(Bounds.magnitudes(whole), GROWTH * Bounds.epsilon(F32));
        for (int sign = -1; sign <= 1; sign += 2) {
            double[] moved = new double[y.length];
            for (int i = 0; i < y.length; i++) {
                moved[i] = y[i] + sign * error[i];
            }
            List<DeviceArray> operands = new ArrayList<>(whole.inputs()
                    .subList(head.inputs().size() - 1, whole.inputs().size()));
            DeviceArray out = SweepCase.REFERENCE.allocate(F32, head.out());
            operands.set(0, Bounds.of(F32, out, moved));
            double[] result = new SweepCase(chain, F32, head.out(), Bounds.EXACT, operands).expected();
            for (int i = 0; i < y.length; i++) {
                bounds[i] += Math.abs(result[i] - expected[i]);
            }
        }
        return bounds;
    }

    /** A chain in the making: its inputs, of which the first has the whole shape and the others may be stretched. */
    private static final class Links {
        final Draw draw;
        final Shape shape;
        final List<DeviceArray> inputs = new ArrayList<>();

        Links(Draw draw, Shape shape) {
            this.draw = draw;
            this.shape = shape;
        }

        void input(Shape of) {
            inputs.add(draw.either(of));
        }

        /** Any links, over up to two more inputs. */
        Primitive.Fused random() {
            for (int i = draw.from(0, 2); i > 0; i--) {
                input(draw.oneIn(2) ? shape : draw.stretched(shape));
            }
            return chain();
        }

        /** Some of what stands behind convolutions in networks, in its order. */
        Primitive.Fused usual() {
            List<Stage> drawn =
                    Arrays.stream(Stage.values()).filter(stage -> draw.oneIn(2)).toList();
            List<Stage> stages = drawn.isEmpty() ? List.of(Stage.RECTIFIED) : drawn;
            int operands = inputs.size()
                    + stages.stream().mapToInt(stage -> stage.operands).sum();
            List<Instruction> chain = new ArrayList<>();
            for (Stage stage : stages) {
                chain.add(usual(stage, chain.isEmpty() ? 0 : operands + chain.size() - 1));
            }
            return new Primitive.Fused(chain);
        }

        private Instruction usual(Stage stage, int latest) {
            int next = inputs.size();
            for (int i = 0; i < stage.operands; i++) {
                input(stage == Stage.AFFINE ? Shape.of(shape.size(1)) : shape);
            }
            return switch (stage) {
                case GATE -> binary(BinaryFunction.GATE, latest, next);
                case AFFINE -> new Instruction(new Primitive.ChannelAffine(), AxisList.of(latest, next, next + 1));
                case RECTIFIED -> unary(UnaryFunction.POSITIVE_PART, latest);
                case JOINED, RESIDUAL ->
                    draw.oneIn(2) ? binary(BinaryFunction.ADD, latest, next) : binary(BinaryFunction.ADD, next, latest);
            };
        }

        /** Operands are numbered after all inputs, so the vectors of an affine link are added first. */
        Primitive.Fused chain() {
            int plain = inputs.size();
            boolean affine = draw.oneIn(2);
            if (affine) {
                inputs.add(draw.values(F32, Shape.of(shape.size(1))));
                inputs.add(draw.values(F32, Shape.of(shape.size(1))));
            }
            int count = draw.from(1, LINKS);
            List<Instruction> links = new ArrayList<>();
            int scaled = affine ? draw.random().nextInt(count) : -1;
            for (int i = 0; i < count; i++) {
                int latest = i == 0 ? 0 : inputs.size() + i - 1;
                links.add(
                        i == scaled
                                ? new Instruction(new Primitive.ChannelAffine(), AxisList.of(latest, plain, plain + 1))
                                : link(latest, plain, i));
            }
            return new Primitive.Fused(links);
        }

        private Instruction link(int latest, int plain, int done) {
            int input = draw.random().nextInt(plain);
            int any = done > 0 && draw.oneIn(3) ? inputs.size() + draw.random().nextInt(done) : input;
            return switch (draw.from(0, 9)) {
                case 0 -> unary(UnaryFunction.POSITIVE_PART, latest);
                case 1 -> unary(draw.oneOf(UnaryFunction.LEAKY, UnaryFunction.AFFINE), latest);
                case 2 -> unary(draw.oneOf(UnaryFunction.ABSOLUTE, UnaryFunction.SQUARE), latest);
                case 3 -> outer(input, latest);
                case 4 -> binary(BinaryFunction.MULTIPLY, latest, any);
                case 5 -> binary(BinaryFunction.MAXIMUM, latest, any);
                case 6 -> gate(latest, input);
                case 7 -> select(latest, any, input);
                default -> binary(BinaryFunction.ADD, latest, any);
            };
        }

        /** A function whose argument must be exact (0 is the head's result in an epilogue) and of the whole shape. */
        private Instruction outer(int input, int latest) {
            return input == 0 || !inputs.get(input).shape().equals(shape)
                    ? unary(UnaryFunction.POSITIVE_PART, latest)
                    : unary(draw.oneOf(UnaryFunction.SIGMOID, UnaryFunction.EXP, UnaryFunction.TANH), input);
        }

        private Instruction gate(int latest, int input) {
            return input == 0 ? binary(BinaryFunction.ADD, latest, 0) : binary(BinaryFunction.GATE, latest, input);
        }

        private Instruction select(int latest, int any, int input) {
            return input == 0
                    ? binary(BinaryFunction.MAXIMUM, latest, any)
                    : new Instruction(new Primitive.Select(), AxisList.of(input, latest, any));
        }

        private static Instruction unary(UnaryFunction function, int a) {
            return new Instruction(new Primitive.Unary(function, 0.75, 1.25), AxisList.of(a));
        }

        private static Instruction binary(BinaryFunction function, int a, int b) {
            return new Instruction(new Primitive.Binary(function), AxisList.of(a, b));
        }
    }
}
