package dev.backlight.attribution.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Relu;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What methods do to find out whether images fit is not done a second time to explain them. */
class FittingTest {
    private static final int IMAGES = 2;

    /** Counts how often a network is gone through: once a recording. */
    private static final class Counting extends Layer {
        private final Layer network = child("network", Networks.convolutional(new Relu()));
        private int passes;

        @Override
        protected Tensor forward(Tensor x, Pass pass) {
            passes++;
            return network.apply(x, pass);
        }
    }

    private static void assertRecordedOnce(Attributor method) {
        Counting network = new Counting();
        Question question = new Question(network, Networks.images(IMAGES, 5), new int[] {1, 3});
        Attribution found = method.attributeIfFits(question, Progress.NONE).orElseThrow();
        assertEquals(1, network.passes, method.name());
        assertArrayEquals(
                method.attribute(question).values().toDoubles(), found.values().toDoubles());
    }

    @Test
    void aNoisySampleIsRecordedOnce() {
        assertRecordedOnce(new SmoothGrad(InputGradient.saliency(), SmoothGrad.Moment.MEAN, 5, 0.1, 3, IMAGES));
    }

    /** A method that has prepared everything when it knows whether so many images fit; what it is asked for is noted. */
    private record Thorough(int room, List<String> calls) implements Attributor {
        Thorough(int room) {
            this(room, new ArrayList<>());
        }

        @Override
        public String name() {
            return "thorough";
        }

        @Override
        public boolean fits(Question question) {
            calls.add("asked about " + question.size());
            return question.size() <= room;
        }

        @Override
        public Optional<Attribution> attributeIfFits(Question question, Progress progress) {
            return question.size() <= room ? Optional.of(attribute(question, progress)) : Optional.empty();
        }

        @Override
        public Attribution attribute(Question question, Progress progress) {
            calls.add("did " + question.size());
            return new Attribution(Ops.mul(question.input(), 2), true);
        }
    }

    private static SmoothGrad smooth(Attributor base) {
        return new SmoothGrad(base, SmoothGrad.Moment.MEAN, 7, 0.1, 3, 4);
    }

    private static Question aboutOne() {
        return new Question(Networks.convolutional(new Relu()), Networks.images(1, 5), new int[] {1});
    }

    @Test
    void samplesAreTriedRatherThanAskedAbout() {
        Thorough base = new Thorough(2);
        double[] found = smooth(base).attribute(aboutOne()).values().toDoubles();
        assertEquals(List.of("did 2", "did 2", "did 2", "did 1"), base.calls);
        double[] alone = smooth(new Thorough(1)).attribute(aboutOne()).values().toDoubles();
        assertArrayEquals(alone, found, 1e-13);
    }

    @Test
    void aSingleSampleIsRefusedOnlyWhereThatWasAskedFor() {
        Thorough base = new Thorough(0);
        assertTrue(smooth(base).attributeIfFits(aboutOne(), Progress.NONE).isEmpty());
        assertEquals(List.of("asked about 1"), base.calls);
        base.calls.clear();
        smooth(base).attribute(aboutOne());
        assertEquals(7, base.calls.size());
    }
}
