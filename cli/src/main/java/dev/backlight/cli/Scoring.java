package dev.backlight.cli;

import dev.backlight.attribution.method.Attribution;
import dev.backlight.attribution.method.Baseline;
import dev.backlight.attribution.method.Question;
import dev.backlight.attribution.metric.Completeness;
import dev.backlight.attribution.metric.Curve;
import dev.backlight.attribution.metric.Game;
import dev.backlight.attribution.metric.InsertionDeletion;
import dev.backlight.attribution.render.report.MapScores;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Scores one map: insertion and deletion as RISE plays them, and by how much a complete method's sum misses. */
record Scoring(InsertionDeletion game) {
    private static final int SMALL = 64;
    private static final int ROWS_OF_LARGE = 8;

    /** The usual curves for pictures of this size: about 30 points, one row per step where they are small. */
    static Scoring usual(int size) {
        return new Scoring(InsertionDeletion.rise(step(size)));
    }

    /** Pixels per step: a row, or eight rows of what is larger than 64 pixels. */
    static int step(int size) {
        return size <= SMALL ? size : ROWS_OF_LARGE * size;
    }

    MapScores score(Question question, Attribution attribution) {
        Game played = game.play(question, attribution).getFirst();
        return new MapScores(
                curve(played.insertion()),
                curve(played.deletion()),
                residual(question, attribution),
                losses(attribution));
    }

    /** The losses alone. */
    static MapScores unscored(Attribution attribution) {
        return new MapScores(null, null, null, losses(attribution));
    }

    private static @Nullable List<Double> losses(Attribution attribution) {
        return attribution.trace().length == 0
                ? null
                : Arrays.stream(attribution.trace()).boxed().toList();
    }

    private static MapScores.Curve curve(Curve curve) {
        double[] scores = curve.scores();
        List<Double> fractions = IntStream.range(0, scores.length)
                .mapToObj(i -> i / (double) (scores.length - 1))
                .toList();
        return new MapScores.Curve(fractions, Arrays.stream(scores).boxed().toList(), curve.area());
    }

    /** For maps with a signed number per input element: Σ attribution over the logit's change from zeros, less 1. */
    private static @Nullable Double residual(Question question, Attribution attribution) {
        boolean perElement =
                attribution.values().shape().equals(question.input().shape());
        if (!attribution.signed() || !perElement) {
            return null;
        }
        double missed = Completeness.residuals(question, attribution, Baseline.ZERO)[0];
        double wanted = Arrays.stream(attribution.values().toDoubles()).sum() - missed;
        return Math.abs(missed) / Math.max(Math.abs(wanted), Double.MIN_NORMAL);
    }
}
