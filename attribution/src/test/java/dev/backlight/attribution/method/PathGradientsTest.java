package dev.backlight.attribution.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.attribution.rule.FixedRule;
import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.nn.Activation;
import dev.backlight.engine.nn.AveragePooling;
import dev.backlight.engine.nn.BatchNormalization;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Flatten;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Linear;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.nn.Sequential;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Sigmoid;
import dev.backlight.engine.op.Tanh;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients behind a stem that is found in networks of many forms, against gradients of the images themselves. */
class PathGradientsTest {
    private static final int TARGET = 2;

    private final Tensor start = Networks.images(1, 3);
    private final Tensor end = Networks.images(1, 4);

    /** Something in front of a nonlinear function and a linear head, which take any number of channels of 8×8. */
    private static final class Fronted extends Layer {
        private final Layer tail;
        private final UnaryOperator<Tensor> front;

        Fronted(int channels, int side, UnaryOperator<Tensor> front, Layer... children) {
            this.front = front;
            for (int i = 0; i < children.length; i++) {
                child("front" + i, children[i]);
            }
            tail = child(
                    "tail",
                    new Sequential(
                            new Activation(new Tanh()),
                            new Flatten(),
                            new Linear(channels * side * side, Networks.CLASSES)));
        }

        static Layer of(int channels, int side, UnaryOperator<Tensor> front, Layer... children) {
            Layer network = new Fronted(channels, side, front, children);
            network.initialise(Networks.BACKEND, DType.F64, 9);
            return network;
        }

        @Override
        protected Tensor forward(Tensor x, Pass pass) {
            return tail.apply(front.apply(x), pass);
        }
    }

    private static Convolution convolution(int channels) {
        return new Convolution(channels, 4, WindowGeometry.square(3, 1, 1), 1, true);
    }

    /** As networks do that take pixels. */
    private static Tensor normalised(Tensor x) {
        Tensor mean = Tensor.full(Networks.BACKEND, DType.F64, Shape.of(3, 1, 1), 0.5);
        Tensor deviation = Tensor.full(Networks.BACKEND, DType.F64, Shape.of(3, 1, 1), 0.2);
        return Ops.div(Ops.sub(x, mean), deviation);
    }

    /** A front, the shape behind the stem that is to be found, and the network. */
    static Stream<Arguments> networks() {
        Shape image = Shape.of(1, 3, 8, 8), map = Shape.of(1, 4, 8, 8);
        Layer a = convolution(3), b = convolution(3), c = convolution(4), norm = new BatchNormalization(4);
        Layer halved = new AveragePooling(WindowGeometry.square(2, 2, 0));
        return Stream.of(
                Arguments.of("nothing", image, Fronted.of(3, 8, x -> x)),
                Arguments.of("a convolution", map, Fronted.of(4, 8, a::apply, a)),
                Arguments.of(
                        "numbers scaled and shifted, two convolutions, a normalisation and a pool",
                        Shape.of(1, 4, 4, 4),
                        Fronted.of(
                                4,
                                4,
                                x -> halved.apply(norm.apply(c.apply(a.apply(normalised(x))))),
                                a,
                                c,
                                norm,
                                halved)),
                Arguments.of(
                        "a sum of affine functions",
                        map,
                        Fronted.of(4, 8, x -> Ops.sub(a.apply(x), Ops.mul(b.apply(x), 3)), a, b)),
                Arguments.of(
                        "two functions that others read",
                        image,
                        Fronted.of(4, 8, x -> Ops.add(new Tanh().on(a.apply(x)), new Sigmoid().on(b.apply(x))), a, b)),
                Arguments.of(
                        "a product of affine functions",
                        image,
                        Fronted.of(4, 8, x -> Ops.mul(a.apply(x), b.apply(x)), a, b)),
                Arguments.of(
                        "a convolution and what it is added to behind another function",
                        map,
                        Fronted.of(
                                4,
                                8,
                                x -> {
                                    Tensor y = a.apply(x);
                                    return Ops.add(c.apply(new Tanh().on(y)), y);
                                },
                                a,
                                c)),
                Arguments.of(
                        "the image itself, read once more behind",
                        image,
                        Fronted.of(3, 8, x -> Ops.mul(x, new Tanh().on(Ops.mul(x, 2))))),
                Arguments.of("all of it", image, affine()));
    }

    /** A network without any other function. */
    private static Layer affine() {
        Layer network = new Sequential(new Flatten(), new Linear(3 * 8 * 8, Networks.CLASSES));
        network.initialise(Networks.BACKEND, DType.F64, 9);
        return network;
    }

    private Tensor expected(Layer network, Quadrature.Points points) {
        Tensor sum = Tensor.full(Networks.BACKEND, DType.F64, start.shape(), 0);
        for (int k = 0; k < points.nodes().length; k++) {
            Tensor at = Ops.add(start, Ops.mul(Ops.sub(end, start), points.nodes()[k]));
            Tensor gradient = InputGradient.of(new Question(network, at, new int[] {TARGET}), FixedRule.GRADIENT);
            sum = Ops.add(sum, Ops.mul(gradient, points.weights()[k]));
        }
        return sum;
    }

    private Tensor found(Layer network, Quadrature.Points points, int perBatch) {
        Question question = new Question(network, end, new int[] {TARGET});
        return PathGradients.of(question).sum(start, end, TARGET, points, perBatch, Progress.NONE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void theyAreSummedBehindTheStem(String name, Shape behind, Layer network) {
        assertEquals(behind, AffineStem.of(network, end).shape());
        Quadrature.Points points = Quadrature.GAUSS_LEGENDRE.points(5);
        double[] expected = expected(network, points).toDoubles();
        for (int perBatch : new int[] {1, 2, 5}) {
            assertArrayEquals(expected, found(network, points, perBatch).toDoubles(), 1e-12);
        }
    }

    /** A recording cannot be opened within another: the stem is the identity then. */
    @Test
    void theyAreRecordedWithWhatSurroundsThem() {
        Question question = new Question(Networks.convolutional(new Tanh()), end, new int[] {TARGET});
        IntegratedGradients method = new IntegratedGradients(3, Quadrature.GAUSS_LEGENDRE, Baseline.ZERO, 2);
        double[] expected = method.attribute(question).values().toDoubles();
        TensorProgram program = recorded(method, question);
        assertArrayEquals(expected, program.run(List.of(end)).getFirst().toDoubles(), 1e-12);
    }

    private TensorProgram recorded(IntegratedGradients method, Question question) {
        try (Recording recording = Recording.open()) {
            Question about = question.about(recording.inputLike(end));
            return recording.program(List.of(method.attribute(about).values()));
        }
    }
}
