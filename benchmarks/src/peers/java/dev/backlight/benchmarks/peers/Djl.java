package dev.backlight.benchmarks.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.backlight.benchmarks.contest.Contestant;
import dev.backlight.benchmarks.contest.Entry;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Subject;
import dev.backlight.benchmarks.contest.Translation;
import dev.backlight.benchmarks.contest.Workload;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Scope;
import java.util.Arrays;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Function;

/** DJL with its PyTorch engine: forward passes and first gradients; it cannot differentiate a gradient. */
public final class Djl implements Contestant {
    @Override
    public String name() {
        return "djl";
    }

    @Override
    public String version() {
        return Versions.of(name());
    }

    @Override
    public boolean canDo(Job job) {
        return job.workload() == Workload.FORWARD || job.workload() == Workload.INPUT_GRADIENT;
    }

    /** It brings a libtorch of its own. */
    @Override
    public String group() {
        return "djl";
    }

    @Override
    public Entry enter(Job job) {
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(job.threads()));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.setProperty("ai.djl.offline", "true");
        NDManager manager = NDManager.newBaseManager("PyTorch");
        try (Scope scope = Scope.open()) {
            Translation<NDArray> network = new Translation<>(Subject.trace(job), new DjlDialect(manager));
            NDArray images = DjlDialect.constant(manager, Subject.images(Backends.best(job.threads()), job));
            return job.workload() == Workload.FORWARD
                    ? new Running("logits", manager, images, network::run)
                    : new Running("gradient", manager, images, x -> gradient(network, x, job.targets()));
        }
    }

    private static NDArray gradient(Translation<NDArray> network, NDArray images, int[] targets) {
        NDManager manager = images.getManager();
        NDArray x = images.duplicate();
        x.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray logits = network.run(x);
            NDArray classes = manager.create(
                            Arrays.stream(targets).asLongStream().toArray())
                    .reshape(-1, 1);
            collector.backward(logits.gather(classes, 1).sum());
            return x.getGradient();
        }
    }

    private record Running(String name, NDManager manager, NDArray images, Function<NDArray, NDArray> work)
            implements Entry {
        @Override
        public void run() {
            try (NDManager ofRun = manager.newSubManager()) {
                Objects.requireNonNull(work.apply(attached(ofRun)));
            }
        }

        @Override
        public SequencedMap<String, float[]> results() {
            try (NDManager ofRun = manager.newSubManager()) {
                return Results.of(name, work.apply(attached(ofRun)).toFloatArray());
            }
        }

        /** What is computed from an array belongs to its manager, so each run needs a handle of its own. */
        private NDArray attached(NDManager ofRun) {
            NDArray view = images.reshape(images.getShape());
            view.attach(ofRun);
            return view;
        }

        @Override
        public void close() {
            manager.close();
        }
    }
}
