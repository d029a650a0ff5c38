package dev.backlight.benchmarks.contest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceTest {
    /** Steps said in our own ops again: what comes out must be the network's own output, bit for bit. */
    private static final class OwnDialect implements Dialect<Tensor> {
        private int released;

        @Override
        public Stage<Tensor> stage(Step step) {
            return (x, reusable) -> switch (step) {
                case Step.Convolution conv ->
                    Neural.conv2d(x.getFirst(), conv.weights(), conv.bias(), conv.window(), conv.groups());
                case Step.Normalisation norm ->
                    Neural.batchNorm(
                            x.getFirst(), norm.mean(), norm.variance(), norm.gamma(), norm.beta(), norm.epsilon());
                case Step.Rectifier rectifier -> Neural.relu(x.getFirst());
                case Step.MaxPooling pool -> Neural.maxPool(x.getFirst(), pool.window(), false);
                case Step.AveragePooling pool -> Neural.avgPool(x.getFirst(), pool.window(), false, true);
                case Step.Addition addition -> Ops.add(x.get(0), x.get(1));
                case Step.Concatenation concatenation -> Shapes.concat(1, x.toArray(Tensor[]::new));
                case Step.Flattening flattening -> Shapes.flatten(x.getFirst(), 1);
                case Step.FullyConnected linear -> Ops.linear(x.getFirst(), linear.weights(), linear.bias());
            };
        }

        @Override
        public void release(Tensor tensor) {
            released++;
        }
    }

    @ParameterizedTest
    @CsvSource({"resnet18, 64", "resnet50, 64", "vgg11, 224", "densenet121, 64"})
    void translatedNetworkComputesTheSame(String name, int side) {
        Job job = new Job(Workload.FORWARD, name, 2, side, 1);
        Backend backend = Backends.best(1);
        Trace trace = Subject.trace(job);
        OwnDialect dialect = new OwnDialect();
        Tensor images = Subject.images(backend, job);
        Backend weights = trace.places().stream()
                .map(Trace.Place::step)
                .filter(Step.Convolution.class::isInstance)
                .map(step -> ((Step.Convolution) step).weights().backend())
                .findFirst()
                .orElseThrow();
        Tensor translated = new Translation<>(trace, dialect).run(Subject.images(weights, job));
        Tensor own = Subject.network(backend, job).apply(images);
        assertArrayEquals(own.toFloats(), translated.toFloats());
        assertEquals(trace.places().size() - 1, dialect.released, "all but input and output are let go of");
    }

    /** Multiply-adds that the networks' papers and torchvision state, in 10⁹. */
    @ParameterizedTest
    @CsvSource({"resnet18, 1.81", "resnet50, 4.09", "vgg16, 15.47", "densenet121, 2.83"})
    void countsArithmetic(String name, double billions) {
        double found = Subject.gflop(new Job(Workload.FORWARD, name, 1, 224, 1)) / 2;
        assertEquals(billions, found, 0.01 * billions);
    }

    @Test
    void rectifiersAreNumberedInOrder() {
        Trace trace = Subject.trace(new Job(Workload.RULE_STEP, "resnet18", 1, 64, 1));
        int expected = 0;
        for (Trace.Place place : trace.places()) {
            if (place.step() instanceof Step.Rectifier rectifier) {
                assertEquals(expected++, rectifier.index());
            }
        }
        assertTrue(expected > 0);
        assertEquals(trace.rectifiers().size(), expected);
    }
}
