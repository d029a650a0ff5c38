package dev.backlight.attribution.metric;

import dev.backlight.attribution.method.Question;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.function.UnaryOperator;

/** What a network, or a replay of one, says: on the host and in double precision. */
public final class Predictions {
    private Predictions() {}

    /** The question why the network gives each image the class that it does: the first of the largest logits. */
    public static Question question(Layer network, Tensor images) {
        double[][] logits = logits(network::apply, images);
        int[] classes = new int[logits.length];
        for (int n = 0; n < classes.length; n++) {
            for (int k = 1; k < logits[n].length; k++) {
                if (logits[n][k] > logits[n][classes[n]]) {
                    classes[n] = k;
                }
            }
        }
        return new Question(network, images, classes);
    }

    /** The softmax probabilities of each image, N×K. */
    public static double[][] probabilities(UnaryOperator<Tensor> network, Tensor images) {
        double[][] rows = logits(network, images);
        for (double[] row : rows) {
            softmax(row);
        }
        return rows;
    }

    /**
     * The logits of each image, N×K.
     *
     * @throws ShapeException when the network gives something else
     */
    public static double[][] logits(UnaryOperator<Tensor> network, Tensor images) {
        try (Scope _ = Scope.open()) {
            Tensor logits = network.apply(images);
            Shape shape = logits.shape();
            if (shape.rank() != 2 || shape.size(1) == 0) {
                throw new ShapeException("expected logits N×K from the network, but found " + shape);
            }
            double[] values = logits.toDoubles();
            double[][] rows = new double[shape.size(0)][shape.size(1)];
            for (int n = 0; n < rows.length; n++) {
                System.arraycopy(values, n * shape.size(1), rows[n], 0, shape.size(1));
            }
            return rows;
        }
    }

    private static void softmax(double[] row) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double logit : row) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (int k = 0; k < row.length; k++) {
            row[k] = Math.exp(row[k] - largest);
            sum += row[k];
        }
        for (int k = 0; k < row.length; k++) {
            row[k] /= sum;
        }
    }
}
