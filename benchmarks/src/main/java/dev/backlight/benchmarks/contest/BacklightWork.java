package dev.backlight.benchmarks.contest;

import dev.backlight.attribution.learn.LogitOptimizer;
import dev.backlight.attribution.method.Baseline;
import dev.backlight.attribution.method.InputGradient;
import dev.backlight.attribution.method.IntegratedGradients;
import dev.backlight.attribution.method.Progress;
import dev.backlight.attribution.method.Quadrature;
import dev.backlight.attribution.method.Question;
import dev.backlight.attribution.rule.FixedRule;
import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.program.Trained;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * What Backlight does for a job: a function of tensors.
 *
 * @param inputs images or matrices, then the parameters of rules
 * @param constants how many of the first inputs stay the same where they may be constants
 * @param function from the inputs to the results
 * @param name of the first result; the others are gradients of θ
 * @param replayable whether recording the function pays; library methods take care of that themselves
 * @param trains whether Adam follows, on the gradients of all inputs but the constants
 */
record BacklightWork(
        List<Tensor> inputs,
        int constants,
        UnaryOperator<List<Tensor>> function,
        String name,
        boolean replayable,
        boolean trains) {
    /** Work without training. */
    private BacklightWork(
            List<Tensor> inputs, int constants, UnaryOperator<List<Tensor>> function, String name, boolean replayable) {
        this(inputs, constants, function, name, replayable, false);
    }

    static BacklightWork of(Job job, Backend backend) {
        if (job.workload() == Workload.MATRIX_PRODUCT) {
            Shape shape = Shape.of(job.matrixSide(), job.matrixSide());
            List<Tensor> matrices = List.of(
                    Tensor.of(backend, shape, Subject.matrix(job, 1)),
                    Tensor.of(backend, shape, Subject.matrix(job, 2)));
            return new BacklightWork(matrices, 0, ab -> List.of(Ops.matmul(ab.get(0), ab.get(1))), "product", false);
        }
        return of(job, Subject.network(backend, job), Subject.images(backend, job));
    }

    /** The same work on the same numbers in double precision; not for products of matrices. */
    static BacklightWork inDouble(Job job, Backend backend) {
        Layer network = Subject.network(backend, job);
        network.to(backend, DType.F64);
        return of(job, network, Ops.cast(Subject.images(backend, job), DType.F64));
    }

    private static BacklightWork of(Job job, Layer network, Tensor images) {
        Question question = new Question(network, images, job.targets());
        return switch (job.workload()) {
            case FORWARD ->
                new BacklightWork(List.of(images), 0, x -> List.of(network.apply(x.getFirst())), "logits", true);
            case INPUT_GRADIENT ->
                new BacklightWork(
                        List.of(images),
                        0,
                        x -> List.of(InputGradient.of(question.about(x.getFirst()), FixedRule.GRADIENT)),
                        "gradient",
                        true);
            case INTEGRATED_GRADIENTS -> {
                IntegratedGradients method = new IntegratedGradients(
                        Workload.POINTS, Quadrature.GAUSS_LEGENDRE, Baseline.ZERO, Workload.POINTS_AT_ONCE);
                yield new BacklightWork(
                        List.of(images),
                        0,
                        x -> List.of(method.attribute(question.about(x.getFirst()), Progress.NONE)
                                .values()),
                        "attribution",
                        false);
            }
            case RULE_STEP -> ruleStep(network, images, job);
            case LEARNED_RULE_STEP -> learnedRuleStep(question);
            case MATRIX_PRODUCT -> throw new AssertionError(job);
        };
    }

    private static BacklightWork ruleStep(Layer network, Tensor images, Job job) {
        List<Shape> rectifiers =
                Trace.of(network, images, images.shape().with(0, 1)).rectifiers();
        List<Tensor> inputs = new ArrayList<>(List.of(images));
        Subject.thetas(images.backend(), rectifiers).forEach(theta -> inputs.add(Ops.cast(theta, images.dtype())));
        RuleStep step = new RuleStep(network, images.backend(), job.targets());
        return new BacklightWork(
                inputs,
                1,
                given -> {
                    RuleStep.Outcome outcome = step.step(given.getFirst(), given.subList(1, given.size()));
                    List<Tensor> results = new ArrayList<>(List.of(outcome.loss()));
                    results.addAll(outcome.gradients());
                    return results;
                },
                "loss",
                true);
    }

    private static BacklightWork learnedRuleStep(Question question) {
        Tensor images = question.input();
        List<Shape> rectifiers =
                Trace.of(question.network(), images, images.shape()).rectifiers();
        List<Tensor> inputs = new ArrayList<>(List.of(images));
        Subject.logits(images.backend(), rectifiers).forEach(logits -> inputs.add(Ops.cast(logits, images.dtype())));
        return new BacklightWork(
                inputs,
                1,
                given -> LearnedRuleStep.of(question.about(given.getFirst()), given.subList(1, given.size())),
                "loss",
                true,
                true);
    }

    Entry entry(Backlight.Mode mode) {
        if (mode == Backlight.Mode.EAGER || !replayable) {
            return repeated(
                    () -> function.apply(inputs), inputs.subList(constants, inputs.size()), UnaryOperator.identity());
        }
        int fixed = mode == Backlight.Mode.HOISTED ? constants : 0;
        List<Tensor> varying = inputs.subList(fixed, inputs.size());
        Recorded recorded = recorded(fixed, varying);
        TensorProgram program = recorded.program;
        List<Tensor> arranged = IntStream.range(0, varying.size())
                .mapToObj(input -> program.arranged(input, varying.get(input)))
                .toList();
        return repeated(
                () -> program.run(arranged), arranged.subList(constants - fixed, arranged.size()), recorded::restored);
    }

    /** θ are the last inputs and their gradients the last results; as in training, they keep the layout the program likes. */
    private Recorded recorded(int fixed, List<Tensor> varying) {
        try (Recording recording = Recording.open()) {
            List<Tensor> given = new ArrayList<>(inputs.subList(0, fixed));
            varying.forEach(input -> given.add(recording.inputLike(input)));
            List<Tensor> results = function.apply(given);
            int thetas = results.size() - 1, first = varying.size() - thetas;
            List<Trained> trained = IntStream.range(0, thetas)
                    .mapToObj(theta -> new Trained(first + theta, 1 + theta))
                    .toList();
            return new Recorded(recording.program(results, trained), trained);
        }
    }

    private record Recorded(TensorProgram program, List<Trained> trained) {
        /** The results with gradients in the plain layout. */
        List<Tensor> restored(List<Tensor> results) {
            List<Tensor> plain = new ArrayList<>(results);
            trained.forEach(
                    one -> plain.set(one.gradient(), program.restored(one.input(), results.get(one.gradient()))));
            return plain;
        }
    }

    private Entry repeated(Supplier<List<Tensor>> work, List<Tensor> thetas, UnaryOperator<List<Tensor>> restored) {
        if (!trains) {
            return new Repeated(work, restored, name);
        }
        // On copies, so that every run computes the same.
        LogitOptimizer optimizer =
                new LogitOptimizer(thetas.stream().map(BacklightWork::copy).toList());
        return new Repeated(
                () -> {
                    List<Tensor> results = work.get();
                    optimizer.step(results.subList(1, results.size()), LearnedRuleStep.SETTINGS.learningRate());
                    return results;
                },
                restored,
                name);
    }

    private static Tensor copy(Tensor tensor) {
        Tensor copy = Tensor.full(tensor.backend(), tensor.dtype(), tensor.shape(), 0);
        copy.backend().execute(new Primitive.Cast(), List.of(tensor.array()), copy.array());
        return copy;
    }

    /** Work of which nothing is left after each run. */
    private record Repeated(Supplier<List<Tensor>> work, UnaryOperator<List<Tensor>> restored, String name)
            implements Entry {
        @Override
        public void run() {
            try (Scope scope = Scope.open()) {
                Objects.requireNonNull(work.get());
            }
        }

        @Override
        public SequencedMap<String, float[]> results() {
            SequencedMap<String, float[]> results = new LinkedHashMap<>();
            try (Scope scope = Scope.open()) {
                List<Tensor> tensors = restored.apply(work.get());
                for (int i = 0; i < tensors.size(); i++) {
                    results.put(
                            i == 0 ? name : "theta" + (i - 1), tensors.get(i).toFloats());
                }
            }
            return results;
        }

        @Override
        public void close() {}
    }
}
