package dev.backlight.attribution.metric;

import dev.backlight.attribution.method.Attribution;
import dev.backlight.attribution.method.Baseline;
import dev.backlight.attribution.method.Batches;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.autodiff.Replay;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Insertion and deletion (Petsiuk et al., "RISE", BMVC 2018). Pixels change in the order of falling relevance
 * ({@link Attribution#relevance}), all channels together, ties by index; after every {@code step} of them the softmax
 * probability of the target is taken, {@code ⌈HW/step⌉ + 1} times with the untouched start. A rule that was trained
 * against a fill is flattered by a game that uses the same: {@link #otherFills} tells.
 *
 * @param step pixels between two points; RISE takes one or eight rows of the image
 * @param insertionStart what the image grows out of; RISE blurs it
 * @param deletionFill what the image dissolves into; RISE takes zeros in normalised space
 * @param batchSize masked images evaluated at once; {@link Batches#FITTING} for what fits their size
 */
public record InsertionDeletion(int step, Baseline insertionStart, Baseline deletionFill, int batchSize) {
    public InsertionDeletion {
        if (step < 1 || batchSize < 0) {
            throw new ShapeException(
                    "insertion and deletion need a step of at least one pixel and a batch of at least one "
                            + "image or Batches.FITTING, but found " + step + " and " + batchSize);
        }
    }

    /** RISE's fills, as many images at once as fit. */
    public static InsertionDeletion rise(int step) {
        return new InsertionDeletion(step, Baseline.BLUR, Baseline.ZERO, Batches.FITTING);
    }

    /** The same games with the two fills exchanged. */
    @SuppressWarnings("ArgumentSelectionDefectChecker")
    public InsertionDeletion otherFills() {
        return new InsertionDeletion(step, deletionFill, insertionStart, batchSize);
    }

    /** The fills in tables: insertion's start, then deletion's, such as {@code blur/zero}. */
    public String fills() {
        return insertionStart.label() + "/" + deletionFill.label();
    }

    /**
     * Plays both games for each image's target.
     *
     * @throws ShapeException when the map has another size than the images
     * @throws BacklightException when a map is not a number somewhere
     */
    public List<Game> play(Question question, Attribution attribution) {
        Shape images = question.input().shape();
        Shape map = attribution.values().shape();
        if (map.rank() != 4
                || map.size(0) != images.size(0)
                || map.size(2) != images.size(2)
                || map.size(3) != images.size(3)) {
            throw new ShapeException("a map of shape " + map + " does not fit images of shape " + images);
        }
        try (Scope _ = Scope.open()) {
            int[][] orders = new int[question.size()][];
            for (int n = 0; n < orders.length; n++) {
                orders[n] = PixelOrder.descending(numbers(attribution.relevance(n), n));
            }
            double[] clean = question.input().toDoubles();
            double[] start = insertionStart.of(question.input()).toDoubles();
            double[] end = deletionFill.of(question.input()).toDoubles();
            Replay network = Replay.ofAll(masked -> List.of(question.network().apply(masked.getFirst())));
            List<Curve> insertion = curves(question, network, orders, start, clean);
            List<Curve> deletion = curves(question, network, orders, clean, end);
            List<Game> games = new ArrayList<>();
            for (int n = 0; n < orders.length; n++) {
                games.add(new Game(insertion.get(n), deletion.get(n)));
            }
            return games;
        }
    }

    /** No order of pixels means anything where some are not numbers. */
    private static float[] numbers(float[] relevance, int image) {
        for (int i = 0; i < relevance.length; i++) {
            if (Float.isNaN(relevance[i])) {
                throw new BacklightException("the map of image " + image + " of the batch is not a number at pixel " + i
                        + "; look for NaN or overflow in the image and the network's weights");
            }
        }
        return relevance;
    }

    /** Fills batches with the points of one image after the other, so that short curves share a batch. */
    private List<Curve> curves(Question question, Replay network, int[][] orders, double[] from, double[] to) {
        int elements = from.length / Math.max(1, orders.length);
        int pixels = question.input().shape().size(2) * question.input().shape().size(3);
        int points = Math.ceilDiv(pixels, step) + 1;
        double[][] scores = new double[orders.length][points];
        int total = orders.length * points;
        int most = Math.min(total, Batches.of(batchSize, question.input().shape()));
        int together = Batches.halved(
                most,
                images ->
                        network.fits(question.input(), question.input().shape().with(0, images)));
        MaskedImage current = null;
        for (int first = 0; first < total; first += together) {
            int rows = Math.min(together, total - first);
            double[] batch = new double[rows * elements];
            for (int row = 0; row < rows; row++) {
                int image = (first + row) / points;
                int point = (first + row) % points;
                if (current == null || point == 0) {
                    current = new MaskedImage(from, to, image, elements, orders[image]);
                }
                current.write(Math.min(pixels, point * step), batch, row * elements);
            }
            score(question, network, batch, first, points, scores);
        }
        return Arrays.stream(scores).map(Curve::new).toList();
    }

    private static void score(
            Question question, Replay network, double[] batch, int first, int points, double[][] scores) {
        try (Scope _ = Scope.open()) {
            Tensor input = question.input();
            int rows = (int)
                    ((long) batch.length * input.shape().size(0) / input.shape().elements());
            double[][] probabilities =
                    Predictions.probabilities(image -> network.run(image).getFirst(), upload(input, rows, batch));
            int[] targets = question.targets();
            for (int row = 0; row < rows; row++) {
                int image = (first + row) / points;
                scores[image][(first + row) % points] = probabilities[row][targets[image]];
            }
        }
    }

    private static Tensor upload(Tensor like, int rows, double[] values) {
        Shape shape = like.shape().with(0, rows);
        if (like.dtype() == DType.F64) {
            return Tensor.of(like.backend(), shape, values);
        }
        float[] narrow = new float[values.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) values[i];
        }
        return Tensor.of(like.backend(), shape, narrow);
    }
}
