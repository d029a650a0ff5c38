package dev.backlight.attribution.method;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;

/**
 * What is to be explained: why does this network give these targets their scores on this input?
 *
 * @param network maps {@code N×C×H×W} to logits {@code N×K}
 * @param input the preprocessed images, recorded nowhere
 * @param targets one class index per image
 */
public record Question(Layer network, Tensor input, int[] targets) {
    public Question {
        if (input.shape().rank() == 0 || input.shape().size(0) != targets.length) {
            throw new ShapeException("an input of shape " + input.shape() + " needs one target per image, but "
                    + targets.length + " were given");
        }
        targets = targets.clone();
    }

    @Override
    public int[] targets() {
        return targets.clone();
    }

    public int size() {
        return targets.length;
    }

    /** The same question about another input, for instance a noisy one. */
    public Question about(Tensor otherInput) {
        return new Question(network, otherInput, targets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Question question
                && network.equals(question.network)
                && input.equals(question.input)
                && Arrays.equals(targets, question.targets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(targets) + 31 * input.hashCode();
    }
}
