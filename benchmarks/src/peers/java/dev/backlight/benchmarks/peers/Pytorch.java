package dev.backlight.benchmarks.peers;

import dev.backlight.attribution.method.Quadrature;
import dev.backlight.benchmarks.contest.Contestant;
import dev.backlight.benchmarks.contest.Entry;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Subject;
import dev.backlight.benchmarks.contest.Trace;
import dev.backlight.benchmarks.contest.Workload;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;

/** Eager libtorch with its autograd, through JavaCPP. Weights ask for no gradients. */
public final class Pytorch implements Contestant {
    @Override
    public String name() {
        return "pytorch";
    }

    @Override
    public String version() {
        return Versions.of(name());
    }

    @Override
    public boolean canDo(Job job) {
        return job.workload() != Workload.MATRIX_PRODUCT;
    }

    @Override
    public Entry enter(Job job) {
        torch.set_num_threads(job.threads());
        Backend backend = Backends.best(job.threads());
        try (Scope scope = Scope.open()) {
            Trace trace = Subject.trace(job);
            TorchWork work = new TorchWork(trace, Subject.images(backend, job), job.targets());
            return switch (job.workload()) {
                case FORWARD -> new Running("logits", () -> List.of(work.forward()));
                case INPUT_GRADIENT -> new Running("gradient", () -> List.of(work.inputGradient()));
                case INTEGRATED_GRADIENTS -> {
                    Quadrature.Points points = Quadrature.GAUSS_LEGENDRE.points(Workload.POINTS);
                    yield new Running("attribution", () -> List.of(work.integrated(points, Workload.POINTS_AT_ONCE)));
                }
                case RULE_STEP -> {
                    TorchRuleStep step = new TorchRuleStep(trace, work, Subject.thetas(backend, trace.rectifiers()));
                    yield new Running("loss", step::step);
                }
                case LEARNED_RULE_STEP -> {
                    List<Shape> rectifiers = trace.rectifiers().stream()
                            .map(shape -> shape.with(0, job.batch()))
                            .toList();
                    TorchLearnedRuleStep step =
                            new TorchLearnedRuleStep(trace, work, Subject.logits(backend, rectifiers));
                    yield new Running("loss", step::step);
                }
                case MATRIX_PRODUCT -> throw new IllegalArgumentException("libtorch takes no part in " + job);
            };
        }
    }

    /**
     * Work whose first result has a name and whose others are gradients of θ; all its tensors are freed when a run ends.
     */
    private record Running(String first, Supplier<List<org.bytedeco.pytorch.Tensor>> work) implements Entry {
        @Override
        public void run() {
            try (PointerScope scope = new PointerScope()) {
                Objects.requireNonNull(work.get());
            }
        }

        @Override
        public SequencedMap<String, float[]> results() {
            SequencedMap<String, float[]> results = new LinkedHashMap<>();
            try (PointerScope scope = new PointerScope()) {
                List<org.bytedeco.pytorch.Tensor> tensors = work.get();
                for (int i = 0; i < tensors.size(); i++) {
                    results.put(i == 0 ? first : "theta" + (i - 1), TorchDialect.values(tensors.get(i)));
                }
            }
            return results;
        }

        @Override
        public void close() {}
    }

    static long[] wide(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }
}
