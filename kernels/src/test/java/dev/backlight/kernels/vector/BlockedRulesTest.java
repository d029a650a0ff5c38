package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.Conv2d;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.program.Trained;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.sweep.Replays;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Learned rules of batches between convolutions: their parameters and derivatives are stacks of batches in blocks. */
class BlockedRulesTest {
    private static final int CHANNELS = 2 * Lanes.FLOAT.length();
    private static final Conv2d CONVOLUTION = new Conv2d(WindowGeometry.square(3, 1, 1), 1);

    private final BlockCounts backend = new BlockCounts(new VectorBackend(2, VectorBackend.SMALLEST_PIECE));

    private Tensor random(Shape shape, long seed) {
        return Tensor.random(backend, DType.F32, shape, Primitive.Distribution.NORMAL, seed);
    }

    private Tensor rule(int order, Shape shape, Tensor... operands) {
        return Tensor.execute(backend, new Primitive.LearnedRule(order), DType.F32, shape, operands);
    }

    private static Tensor batch(Tensor stack, int number) {
        return Ops.reshape(
                Ops.slice(stack, 0, number, number + 1), stack.shape().without(0));
    }

    /** What parameters get back, and images behind the rule and both of its derivatives. */
    private List<Tensor> rules(Tensor images, Tensor theta) {
        Tensor weights = random(Shape.of(CHANNELS, CHANNELS, 3, 3), 1);
        Shape shape = images.shape();
        Tensor x = CONVOLUTION.on(images, weights);
        Tensor u = CONVOLUTION.on(x, weights);
        Tensor ruled = rule(0, shape, x, u, theta);
        Tensor v = CONVOLUTION.on(ruled, weights);
        Tensor first = rule(1, shape.insert(0, 4), x, u, theta, v);
        Tensor second = rule(2, shape.insert(0, 5), x, u, theta, v, first);
        List<Tensor> results = new ArrayList<>(List.of(Ops.slice(second, 0, 1, 4)));
        for (int number = 0; number < 5; number++) {
            results.add(CONVOLUTION.on(Ops.add(batch(second, number), u), weights));
        }
        return results;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void stacksOfBatchesGiveTheBitsOfThePlainLayout(int images) {
        Shape shape = Shape.of(images, CHANNELS, 10, 9);
        try (Scope scope = Scope.open()) {
            Tensor x = random(shape, 2), theta = random(shape.insert(0, 3), 3);
            TensorProgram program;
            try (Recording recording = Recording.open()) {
                Tensor given = recording.inputLike(theta);
                program = recording.program(rules(recording.inputLike(x), given), List.of(new Trained(0, 0)));
            }
            Tensor arranged = program.arranged(0, theta);
            assertEquals(6, arranged.shape().rank());
            List<Tensor> found = new ArrayList<>(program.run(List.of(arranged, x)));
            found.set(0, program.restored(0, found.getFirst()));
            Replays.assertSameBits(rules(x, theta), found, images + " images");
        }
        for (int order = 0; order <= 2; order++) {
            assertTrue(backend.count(BlockCounts.rule(order)) > 0, backend::toString);
        }
    }
}
