package dev.backlight.benchmarks.contest;

import dev.backlight.attribution.method.Baseline;
import dev.backlight.attribution.method.InputGradient;
import dev.backlight.attribution.method.IntegratedGradients;
import dev.backlight.attribution.method.Progress;
import dev.backlight.attribution.method.Quadrature;
import dev.backlight.attribution.method.Question;
import dev.backlight.attribution.rule.FixedRule;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** This project, through the interfaces that its users have. */
public final class Backlight implements Contestant {
    @Override
    public String name() {
        return Contestants.BACKLIGHT;
    }

    @Override
    public String version() {
        String version = Backend.class.getPackage().getImplementationVersion();
        return version == null ? "this source tree" : version;
    }

    @Override
    public boolean canDo(Job job) {
        return true;
    }

    @Override
    public Entry enter(Job job) {
        Backend backend = Backends.best(job.threads());
        if (job.workload() == Workload.MATRIX_PRODUCT) {
            Shape shape = Shape.of(job.matrixSide(), job.matrixSide());
            Tensor a = Tensor.of(backend, shape, Subject.matrix(job, 1));
            Tensor b = Tensor.of(backend, shape, Subject.matrix(job, 2));
            return new Repeated<>(() -> Ops.matmul(a, b), product -> named("product", product));
        }
        Layer network = Subject.network(backend, job);
        Question question = new Question(network, Subject.images(backend, job), job.targets());
        return switch (job.workload()) {
            case FORWARD -> new Repeated<>(() -> network.apply(question.input()), logits -> named("logits", logits));
            case INPUT_GRADIENT ->
                new Repeated<>(
                        () -> InputGradient.of(question, FixedRule.GRADIENT), gradient -> named("gradient", gradient));
            case INTEGRATED_GRADIENTS -> {
                IntegratedGradients method = new IntegratedGradients(
                        Workload.POINTS, Quadrature.GAUSS_LEGENDRE, Baseline.ZERO, Workload.POINTS_AT_ONCE);
                yield new Repeated<>(
                        () -> method.attribute(question, Progress.NONE).values(), map -> named("attribution", map));
            }
            case RULE_STEP -> ruleStep(question);
            case MATRIX_PRODUCT -> throw new AssertionError(job);
        };
    }

    private static Entry ruleStep(Question question) {
        RuleStep step = new RuleStep(question.network(), question.input(), question.targets());
        List<Shape> shapes;
        try (Scope scope = Scope.open()) {
            shapes = step.unmasked(question.input()).shapes();
        }
        List<Tensor> thetas = Subject.thetas(question.input().backend(), shapes);
        return new Repeated<>(() -> step.step(question.input(), thetas), Backlight::named);
    }

    private static SequencedMap<String, float[]> named(RuleStep.Outcome outcome) {
        SequencedMap<String, float[]> results = named("loss", outcome.loss());
        for (int i = 0; i < outcome.gradients().size(); i++) {
            results.put("theta" + i, outcome.gradients().get(i).toFloats());
        }
        return results;
    }

    private static SequencedMap<String, float[]> named(String name, Tensor tensor) {
        SequencedMap<String, float[]> results = new LinkedHashMap<>();
        results.put(name, tensor.toFloats());
        return results;
    }

    /** Work that gives a value, of which nothing is left after each run. */
    private record Repeated<T>(Supplier<T> work, Function<T, SequencedMap<String, float[]>> reader) implements Entry {
        @Override
        public void run() {
            try (Scope scope = Scope.open()) {
                Objects.requireNonNull(work.get());
            }
        }

        @Override
        public SequencedMap<String, float[]> results() {
            try (Scope scope = Scope.open()) {
                return reader.apply(work.get());
            }
        }

        @Override
        public void close() {}
    }
}
