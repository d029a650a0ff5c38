package dev.backlight.cli;

import dev.backlight.attribution.method.Attribution;
import dev.backlight.attribution.method.Attributor;
import dev.backlight.attribution.method.Question;
import dev.backlight.attribution.render.Normalisation;
import dev.backlight.attribution.render.ScalarField;
import dev.backlight.attribution.render.report.ClassScore;
import dev.backlight.attribution.render.report.ExplainedImage;
import dev.backlight.cli.console.Meter;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.models.data.ClassNames;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Explains pictures one after the other, by several methods each. */
final class Explanation {
    private static final int TOP = 5;

    private final Session session;
    private final LoadedModel classifier;
    private final List<Attributor> methods;
    private final @Nullable String target;
    private final boolean metrics;
    private final Scoring scoring;
    private int classes;

    /**
     * Explanations of what one network sees.
     *
     * @param target the class to explain, as a user names it; null for the likeliest of each picture
     * @param metrics whether maps are scored too
     */
    Explanation(
            Session session,
            LoadedModel classifier,
            List<Attributor> methods,
            @Nullable String target,
            boolean metrics) {
        this.session = session;
        this.classifier = classifier;
        this.methods = List.copyOf(methods);
        this.target = target;
        this.metrics = metrics;
        this.scoring = Scoring.usual(classifier.preprocessing().size());
    }

    /** How many classes the network tells apart, once it has seen a picture. */
    int classes() {
        return classes;
    }

    ExplainedImage explain(ImageInputs.Named image) {
        try (Scope scope = Scope.open()) {
            Tensor input = classifier.batch(List.of(image.picture()));
            Prediction prediction = classifier.predict(input).getFirst();
            classes = prediction.classes();
            ClassNames names = classifier.names(classes);
            int chosen = target == null ? prediction.top(1).getFirst() : classifier.find(target, classes);
            Question question = new Question(classifier.network(), input, new int[] {chosen});
            List<ExplainedImage.Map> maps = new ArrayList<>();
            for (Attributor method : methods) {
                maps.add(map(method, question, image.name()));
            }
            List<ClassScore> top = prediction.top(TOP).stream()
                    .map(index -> prediction.score(index, names))
                    .toList();
            return new ExplainedImage(
                    image.name(),
                    image.source(),
                    classifier.preprocessing().crop(image.picture()).toImage(),
                    top,
                    prediction.score(chosen, names),
                    maps);
        }
    }

    private ExplainedImage.Map map(Attributor method, Question question, String name) {
        long start = System.nanoTime();
        try (Scope scope = Scope.open();
                Meter meter = session.meter(name + ", " + method.name())) {
            Attribution attribution = method.attribute(question, meter::update);
            double seconds = (System.nanoTime() - start) / 1e9;
            ScalarField field = ScalarField.of(attribution.height(), attribution.width(), attribution.display(0));
            return new ExplainedImage.Map(
                    method.name(),
                    MethodOptions.title(method.name()),
                    field,
                    attribution.signed() ? Normalisation.signedSymmetric() : Normalisation.unsigned(),
                    seconds,
                    metrics ? scoring.score(question, attribution) : Scoring.unscored(attribution));
        }
    }
}
