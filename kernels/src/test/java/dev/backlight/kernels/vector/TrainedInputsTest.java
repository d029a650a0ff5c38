package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.program.Trained;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What is trained lies in blocks of channels where its readers want it there; numbers are those of the plain layout. */
class TrainedInputsTest {
    private static final WindowGeometry SAME = WindowGeometry.square(3, 1, 1);
    private static final int BLOCK = Lanes.FLOAT.length();
    private static final int CHANNELS = 2 * BLOCK;
    private static final Shape IMAGES = Shape.of(2, CHANNELS, 12, 12);
    private static final int STEPS = 4;

    private final VectorBackend backend = new VectorBackend(2);

    private Tensor random(Shape shape, long seed) {
        return Tensor.random(backend, DType.F32, shape, Primitive.Distribution.NORMAL, seed);
    }

    /** θ between two convolutions, as {@code use} has it act on the first one's result; gives the loss and θ's gradient. */
    private List<Tensor> lossAndGradient(Tensor theta, UnaryOperator<List<Tensor>> use) {
        Tensor weights = random(Shape.of(CHANNELS, CHANNELS, 3, 3), 1);
        Tape tape = new Tape();
        Tensor leaf = tape.watch(theta);
        Tensor image = Neural.conv2d(random(IMAGES, 2), weights, null, SAME, 1);
        Tensor acted = use.apply(List.of(image, leaf)).getFirst();
        Tensor loss = Ops.sum(Ops.square(Neural.conv2d(acted, weights, null, SAME, 1)));
        List<Tensor> results = new ArrayList<>(List.of(loss));
        results.addAll(tape.gradient(loss, List.of(leaf), Walk.PLAIN));
        return results.stream().map(Tensor::detached).toList();
    }

    private TensorProgram program(Tensor like, UnaryOperator<List<Tensor>> use) {
        try (Recording recording = Recording.open()) {
            return recording.program(lossAndGradient(recording.inputLike(like), use), List.of(new Trained(0, 1)));
        }
    }

    private static List<Tensor> scaled(List<Tensor> of) {
        return List.of(Ops.mul(of.get(0), Neural.sigmoid(of.get(1))));
    }

    /** A stack of two: one lets through what the other scales. */
    private static List<Tensor> stacked(List<Tensor> of) {
        Tensor first = Ops.reshape(Ops.slice(of.get(1), 0, 0, 1), IMAGES);
        Tensor second = Ops.reshape(Ops.slice(of.get(1), 0, 1, 2), IMAGES);
        return List.of(Ops.mul(Neural.relu(Ops.add(of.get(0), first)), Neural.sigmoid(second)));
    }

    private void adam(Tensor theta, Tensor gradient, List<Tensor> moments, int step) {
        Primitive adam = new Primitive.AdamStep(0.1, 0.9, 0.999, 1e-8, 0, step);
        backend.execute(
                adam,
                List.of(gradient.array(), moments.get(0).array(), moments.get(1).array()),
                theta.array());
    }

    private List<Tensor> zerosLike(Tensor theta) {
        return List.of(
                Tensor.full(backend, DType.F32, theta.shape(), 0), Tensor.full(backend, DType.F32, theta.shape(), 0));
    }

    /** Trains plain, eagerly, and as the program wants it; both must agree in all bits. */
    private void trainBoth(Shape shape, UnaryOperator<List<Tensor>> use, double share) {
        try (Scope scope = Scope.open()) {
            Tensor plain = random(shape, 3);
            TensorProgram program = program(plain, use);
            if (share < 1) {
                program.limitMemory((long) (share * (program.bytes() + program.constantBytes())));
            }
            Tensor arranged = program.arranged(0, plain);
            assertEquals(plain.shape().rank() + 1, arranged.shape().rank());
            assertArrayEquals(plain.toFloats(), program.restored(0, arranged).toFloats());
            List<Tensor> plainMoments = zerosLike(plain), moments = zerosLike(arranged);
            for (int step = 1; step <= STEPS; step++) {
                List<Tensor> expected = lossAndGradient(plain, use);
                List<Tensor> actual = program.run(List.of(arranged));
                assertArrayEquals(expected.get(0).toFloats(), actual.get(0).toFloats());
                assertEquals(arranged.shape(), actual.get(1).shape());
                assertArrayEquals(
                        expected.get(1).toFloats(),
                        program.restored(0, actual.get(1)).toFloats());
                adam(plain, expected.get(1), plainMoments, step);
                adam(arranged, actual.get(1), moments, step);
            }
            assertArrayEquals(plain.toFloats(), program.restored(0, arranged).toFloats());
        }
    }

    @Test
    void anImageIsTrainedInBlocks() {
        trainBoth(IMAGES, TrainedInputsTest::scaled, 1);
    }

    @Test
    void whatAllImagesShareIsTrainedInBlocks() {
        trainBoth(IMAGES.with(0, 1), TrainedInputsTest::scaled, 1);
    }

    @Test
    void aStackOfImagesIsTrainedInBlocks() {
        trainBoth(IMAGES.insert(0, 2), TrainedInputsTest::stacked, 1);
    }

    @Test
    void lessMemoryDoesNotChangeTheLayout() {
        trainBoth(IMAGES, TrainedInputsTest::scaled, 0.8);
    }

    @Test
    void whatPlainStepsReadStaysPlain() {
        try (Scope scope = Scope.open()) {
            Tensor theta = random(IMAGES, 3);
            TensorProgram program =
                    program(theta, of -> List.of(Ops.add(of.get(0), Ops.transpose(of.get(1), 0, 1, 3, 2))));
            assertSame(theta.array(), program.arranged(0, theta).array());
            List<Tensor> results = program.run(List.of(theta));
            assertEquals(IMAGES, results.get(1).shape());
            assertSame(
                    results.get(1).array(), program.restored(0, results.get(1)).array());
        }
    }

    @Test
    void aGradientThatIsAResultOfItsOwnIsThereInBothLayouts() {
        try (Scope scope = Scope.open()) {
            Tensor theta = random(IMAGES, 3);
            TensorProgram program = programWithGradientTwice(theta);
            List<Tensor> found = program.run(List.of(program.arranged(0, theta)));
            assertEquals(IMAGES, found.get(2).shape());
            assertArrayEquals(
                    found.get(2).toFloats(), program.restored(0, found.get(1)).toFloats());
        }
    }

    private TensorProgram programWithGradientTwice(Tensor like) {
        try (Recording recording = Recording.open()) {
            List<Tensor> results =
                    new ArrayList<>(lossAndGradient(recording.inputLike(like), TrainedInputsTest::scaled));
            results.add(results.get(1));
            return recording.program(results, List.of(new Trained(0, 1)));
        }
    }

    @Test
    void theOtherLayoutIsRefused() {
        try (Scope scope = Scope.open()) {
            Tensor theta = random(IMAGES, 3);
            TensorProgram program = program(theta, TrainedInputsTest::scaled);
            assertThrows(ShapeException.class, () -> program.run(List.of(theta)));
            assertThrows(ShapeException.class, () -> program.restored(0, theta));
        }
    }
}
