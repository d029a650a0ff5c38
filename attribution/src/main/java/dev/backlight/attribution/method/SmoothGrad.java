package dev.backlight.attribution.method;

import dev.backlight.engine.autodiff.Replay;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Philox;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Another method's maps of noisy copies of each image, taken together: their mean (SmoothGrad, Smilkov et al. 2017), the
 * mean of their squares, or their variance (VarGrad, Adebayo et al. 2018). The noise of sample s depends on the seed and s
 * alone, so an image's map depends on the images beside it and on how samples are batched by rounding only.
 *
 * @param base the method asked about the noisy images
 * @param samples noisy copies per image
 * @param noise standard deviation of the noise, as a fraction of each image's largest minus smallest value
 * @param batchSize inputs handed to the base at once; at least one sample of all images of a question;
 *     {@link Batches#FITTING} for what fits their size
 */
public record SmoothGrad(Attributor base, Moment moment, int samples, double noise, long seed, int batchSize)
        implements Attributor {
    /** What is made of the samples' maps. */
    public enum Moment {
        /** The mean, signed where the base is: SmoothGrad. */
        MEAN("smoothgrad"),
        /** The mean of squares: SmoothGrad². */
        SQUARE("smoothgrad-squared"),
        /** The variance, 1/samples: VarGrad. */
        VARIANCE("vargrad");

        private final String label;

        Moment(String label) {
            this.label = label;
        }
    }

    public SmoothGrad {
        if (samples < 1 || batchSize < 0 || !(noise >= 0)) {
            throw new ShapeException(
                    "smoothing needs at least one sample, a batch of at least one or Batches.FITTING and noise of 0 or more, "
                            + "but found " + samples + ", " + batchSize + " and " + noise);
        }
    }

    /** Plain gradients, 20 samples, noise of 0.1 of each image's range, as zennit has it; as many inputs at once as fit. */
    public static SmoothGrad standard(Moment moment, long seed) {
        return new SmoothGrad(InputGradient.saliency(), moment, 20, 0.1, seed, Batches.FITTING);
    }

    /** {@code smoothgrad} over plain gradients, {@code smoothgrad(guided)} over another method. */
    @Override
    public String name() {
        return base.name().equals("saliency") ? moment.label : moment.label + "(" + base.name() + ")";
    }

    /** Whether one sample of all images fits; more samples at once are halved by the method itself. */
    @Override
    public boolean fits(Question question) {
        try (Scope _ = Scope.open()) {
            return maps(question).oneFits();
        }
    }

    @Override
    public Attribution attribute(Question question, Progress progress) {
        try (Scope scope = Scope.open()) {
            return attribution(question, maps(question), progress, scope);
        }
    }

    /** Gradients are recorded once to be asked and to be run. */
    @Override
    public Optional<Attribution> attributeIfFits(Question question, Progress progress) {
        try (Scope scope = Scope.open()) {
            Maps maps = maps(question);
            return maps.oneFits() ? Optional.of(attribution(question, maps, progress, scope)) : Optional.empty();
        }
    }

    private Attribution attribution(Question question, Maps maps, Progress progress, Scope scope) {
        Tensor deviations = Variants.along(question.input(), 1, 5, deviations(question.input()));
        Sums sums = new Sums(scope);
        int perBatch = maps.fitting(Math.min(samples, Variants.perBatch(batchSize, question)));
        Variants.inBatches(samples, perBatch, progress, (from, to) -> {
            try (Scope batch = Scope.open()) {
                Tensor values = maps.of(noisy(question.input(), deviations, from, to));
                sums.add(Variants.apart(values, to - from), batch);
            }
        });
        return new Attribution(scope.keep(sums.result()), maps.areSigned() && moment == Moment.MEAN);
    }

    /** The base's maps of noisy copies {@code k×N×C×H×W}. */
    private interface Maps {
        /**
         * The maps.
         *
         * @throws DeviceMemoryException where that is more than fits at once; a single copy is always tried
         */
        Tensor of(Tensor noisy);

        /** Whether memory is likely to suffice for one sample of all images at once. */
        boolean oneFits();

        /** The first of {@code most}, most/2, most/4, … samples of which nobody can say yet that they do not fit, or 1. */
        int fitting(int most);

        /** Known once there is one. */
        boolean areSigned();
    }

    private Maps maps(Question question) {
        return base instanceof InputGradient gradient && !gradient.rule().readsNumbers()
                ? replayed(gradient, question)
                : attributed(question);
    }

    /** Gradients are recorded once and replayed. */
    private static Maps replayed(InputGradient gradient, Question question) {
        Replay replayed = Replay.ofAll(noisy -> List.of(gradient.values(Variants.of(question, noisy.getFirst()))));
        return new Maps() {
            @Override
            public Tensor of(Tensor noisy) {
                return replayed.run(noisy).getFirst();
            }

            @Override
            public boolean oneFits() {
                return Variants.fits(1, question, replayed);
            }

            @Override
            public int fitting(int most) {
                return Variants.fitting(most, question, replayed);
            }

            @Override
            public boolean areSigned() {
                return gradient.timesInput();
            }
        };
    }

    private Maps attributed(Question question) {
        return new Maps() {
            private boolean areSigned;

            @Override
            public Tensor of(Tensor noisy) {
                Attribution attribution =
                        tried(Variants.of(question, noisy), noisy.shape().size(0));
                areSigned = attribution.signed();
                return attribution.values();
            }

            private Attribution tried(Question about, int copies) {
                return copies == 1
                        ? base.attribute(about, Progress.NONE)
                        : base.attributeIfFits(about, Progress.NONE)
                                .orElseThrow(() -> new DeviceMemoryException(base.name() + " of " + copies
                                        + " noisy copies at once does not fit into memory; use a smaller batch"));
            }

            @Override
            public boolean oneFits() {
                return base.fits(question);
            }

            @Override
            public int fitting(int most) {
                // To be asked, a base prepares what it would run, and once more to run it: it is tried instead.
                return most;
            }

            @Override
            public boolean areSigned() {
                return areSigned;
            }
        };
    }

    /** {@code k×N×C×H×W}. */
    private Tensor noisy(Tensor images, Tensor deviations, int from, int to) {
        List<Tensor> draws = new ArrayList<>();
        for (int sample = from; sample < to; sample++) {
            draws.add(Tensor.random(
                    images.backend(),
                    images.dtype(),
                    images.shape().with(0, 1).insert(0, 1),
                    Primitive.Distribution.NORMAL,
                    Philox.split(seed, sample)));
        }
        Tensor unit = Shapes.concat(0, draws);
        return Ops.add(
                Ops.mul(unit, deviations), Ops.reshape(images, images.shape().insert(0, 1)));
    }

    /** The standard deviation of each image's noise. */
    private double[] deviations(Tensor images) {
        double[] values = images.toDoubles();
        double[] deviations = new double[images.shape().size(0)];
        int each = values.length / Math.max(1, deviations.length);
        for (int n = 0; n < deviations.length; n++) {
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (int i = n * each; i < (n + 1) * each; i++) {
                low = Math.min(low, values[i]);
                high = Math.max(high, values[i]);
            }
            deviations[n] = noise * (high - low);
        }
        return deviations;
    }

    /** First and second moments; the variance is taken about the first sample's map, lest large means cancel. */
    private final class Sums {
        private final RunningSum first;
        private final RunningSum second;
        private @Nullable Tensor origin;

        Sums(Scope scope) {
            first = new RunningSum(scope);
            second = new RunningSum(scope);
        }

        void add(Tensor maps, Scope batch) {
            switch (moment) {
                case MEAN -> first.add(Ops.sum(maps, 0), batch);
                case SQUARE -> second.add(Ops.sum(Ops.square(maps), 0), batch);
                case VARIANCE -> {
                    if (origin == null) {
                        // a copy, since a view would keep the whole batch
                        origin = batch.keep(Ops.mul(Ops.slice(maps, 0, 0, 1), 1));
                    }
                    Tensor differences = Ops.sub(maps, origin);
                    first.add(Ops.sum(differences, 0), batch);
                    second.add(Ops.sum(Ops.square(differences), 0), batch);
                }
            }
        }

        Tensor result() {
            return switch (moment) {
                case MEAN -> Ops.mul(first.value(), 1.0 / samples);
                case SQUARE -> Ops.mul(second.value(), 1.0 / samples);
                case VARIANCE ->
                    Ops.sub(Ops.mul(second.value(), 1.0 / samples), Ops.square(Ops.mul(first.value(), 1.0 / samples)));
            };
        }
    }
}
