package dev.backlight.cli;

import dev.backlight.attribution.render.report.ClassScore;
import dev.backlight.models.data.ClassNames;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What a network says about one picture. */
final class Prediction {
    private final double[] logits;
    private final double[] probabilities;

    /** The prediction behind one row of logits. */
    Prediction(double... logits) {
        this.logits = logits.clone();
        double max = Arrays.stream(logits).max().orElse(0);
        double[] exponentials =
                Arrays.stream(logits).map(value -> Math.exp(value - max)).toArray();
        double sum = Arrays.stream(exponentials).sum();
        this.probabilities =
                Arrays.stream(exponentials).map(value -> value / sum).toArray();
    }

    /** How many classes there are. */
    int classes() {
        return logits.length;
    }

    /** The {@code count} likeliest classes, likeliest first; equal ones by index. */
    List<Integer> top(int count) {
        return IntStream.range(0, logits.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -logits[i]).thenComparing(Comparator.naturalOrder()))
                .limit(count)
                .toList();
    }

    /** One class with its scores. */
    ClassScore score(int index, ClassNames names) {
        return new ClassScore(index, names.name(index), logits[index], probabilities[index]);
    }
}
