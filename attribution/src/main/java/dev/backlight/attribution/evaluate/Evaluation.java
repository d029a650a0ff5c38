package dev.backlight.attribution.evaluate;

import dev.backlight.attribution.method.Attribution;
import dev.backlight.attribution.method.Attributor;
import dev.backlight.attribution.method.Halving;
import dev.backlight.attribution.method.Progress;
import dev.backlight.attribution.method.Question;
import dev.backlight.attribution.metric.Game;
import dev.backlight.attribution.metric.InsertionDeletion;
import dev.backlight.attribution.metric.Predictions;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Methods on many images, each map judged by one or more games.
 *
 * @param methods of different names; the first is what the others are compared with
 * @param games with different fills
 * @param batchSize images explained at once
 */
public record Evaluation(Layer network, List<Attributor> methods, List<InsertionDeletion> games, int batchSize) {
    public Evaluation {
        methods = List.copyOf(methods);
        games = List.copyOf(games);
        requireDifferent("method", methods.stream().map(Attributor::name).toList());
        requireDifferent(
                "pair of fills", games.stream().map(InsertionDeletion::fills).toList());
        if (batchSize < 1) {
            throw new ShapeException("an evaluation needs a batch of at least one image, but found " + batchSize);
        }
    }

    /** An image {@code 1×C×H×W} and what it is asked about, found once for all methods. */
    private record Prepared(Tensor image, int target) {}

    /**
     * Finds every row that the journal does not have yet. When this is interrupted, what finished batches found stays in
     * the journal.
     *
     * @param progress counts maps: images × methods
     */
    public void run(List<Sample> samples, Journal journal, Progress progress) {
        requireDifferent("image", samples.stream().map(Sample::id).toList());
        long done = 0;
        long total = (long) samples.size() * methods.size();
        for (int from = 0; from < samples.size(); from += batchSize) {
            List<Sample> batch = samples.subList(from, Math.min(samples.size(), from + batchSize));
            try (Scope _ = Scope.open()) {
                Map<String, Prepared> prepared = new HashMap<>();
                for (Attributor method : methods) {
                    List<Sample> open = batch.stream()
                            .filter(sample -> !isDone(method, sample, journal))
                            .toList();
                    if (!open.isEmpty()) {
                        Progress within = within(progress, done, batch.size(), total);
                        journal.append(rows(method, open, question(open, prepared), within));
                    }
                    done += batch.size();
                    progress.update(done, total);
                }
            }
        }
    }

    /** What a method reports, in maps; the last step is reported when the rows are in the journal. */
    private static Progress within(Progress progress, long done, int maps, long total) {
        return (step, steps) -> {
            if (step < steps) {
                progress.update(done + maps * step / steps, total);
            }
        };
    }

    private boolean isDone(Attributor method, Sample sample, Journal journal) {
        return games.stream().allMatch(game -> journal.has(method.name(), sample.id(), game.fills()));
    }

    private Question question(List<Sample> samples, Map<String, Prepared> known) {
        prepare(
                samples.stream()
                        .filter(sample -> !known.containsKey(sample.id()))
                        .toList(),
                known);
        List<Tensor> inputs = new ArrayList<>();
        int[] targets = new int[samples.size()];
        for (int n = 0; n < targets.length; n++) {
            Prepared one = Objects.requireNonNull(known.get(samples.get(n).id()));
            inputs.add(one.image());
            targets[n] = one.target();
        }
        return new Question(network, Shapes.concat(0, inputs), targets);
    }

    private void prepare(List<Sample> samples, Map<String, Prepared> known) {
        if (samples.isEmpty()) {
            return;
        }
        List<Tensor> images =
                samples.stream().map(sample -> batchOfOne(sample.image().get())).toList();
        int[] predicted =
                Predictions.question(network, Shapes.concat(0, images)).targets();
        for (int n = 0; n < predicted.length; n++) {
            Sample sample = samples.get(n);
            known.put(sample.id(), new Prepared(images.get(n), sample.target().orElse(predicted[n])));
        }
    }

    private List<Row> rows(Attributor method, List<Sample> samples, Question question, Progress progress) {
        try (Scope _ = Scope.open()) {
            long start = System.nanoTime();
            Attribution attribution = new Halving(method).attribute(question, progress);
            question.input().backend().synchronize();
            double seconds = (System.nanoTime() - start) / 1e9 / samples.size();
            int[] targets = question.targets();
            List<Row> rows = new ArrayList<>();
            for (InsertionDeletion game : games) {
                List<Game> played = played(game, question, attribution, method, samples);
                for (int n = 0; n < targets.length; n++) {
                    Game one = played.get(n);
                    rows.add(new Row(
                            method.name(),
                            samples.get(n).id(),
                            targets[n],
                            game.fills(),
                            one.insertion().area(),
                            one.deletion().area(),
                            seconds));
                }
            }
            return rows;
        }
    }

    private static List<Game> played(
            InsertionDeletion game,
            Question question,
            Attribution attribution,
            Attributor method,
            List<Sample> samples) {
        try {
            return game.play(question, attribution);
        } catch (BacklightException e) {
            throw new BacklightException(
                    "cannot judge " + method.name() + " on the batch from "
                            + samples.getFirst().id() + " to "
                            + samples.getLast().id() + ": " + e.getMessage(),
                    e);
        }
    }

    private static Tensor batchOfOne(Tensor image) {
        Shape shape = image.shape();
        return shape.rank() == 3 ? Ops.reshape(image, shape.insert(0, 1)) : image;
    }

    private static void requireDifferent(String what, List<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new ShapeException("an evaluation takes each " + what + " once, but found " + name + " twice");
            }
        }
    }
}
