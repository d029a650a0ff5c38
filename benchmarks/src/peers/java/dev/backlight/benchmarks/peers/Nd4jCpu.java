package dev.backlight.benchmarks.peers;

import dev.backlight.benchmarks.contest.Contestant;
import dev.backlight.benchmarks.contest.Entry;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Subject;
import dev.backlight.benchmarks.contest.Translation;
import dev.backlight.benchmarks.contest.Workload;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Scope;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.nd4j.common.config.ND4JSystemProperties;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J on the CPU: forward passes and matrix products. Its arrays know no gradients; those of SameDiff need the network
 * written anew as its graph.
 */
public final class Nd4jCpu implements Contestant {
    @Override
    public String name() {
        return "nd4j";
    }

    @Override
    public String version() {
        return Versions.of(name());
    }

    @Override
    public boolean canDo(Job job) {
        return job.workload() == Workload.FORWARD || job.workload() == Workload.MATRIX_PRODUCT;
    }

    /** It brings natives of its own generation of JavaCPP. */
    @Override
    public String group() {
        return "nd4j";
    }

    @Override
    public Entry enter(Job job) {
        System.setProperty(ND4JSystemProperties.LOG_INITIALIZATION, "false");
        Nd4j.getEnvironment().setMaxThreads(job.threads());
        Nd4j.getEnvironment().setMaxMasterThreads(job.threads());
        if (job.workload() == Workload.MATRIX_PRODUCT) {
            long side = job.matrixSide();
            INDArray a = Nd4j.create(Subject.matrix(job, 1), side, side);
            INDArray b = Nd4j.create(Subject.matrix(job, 2), side, side);
            return new Running("product", () -> a.mmul(b));
        }
        try (Scope scope = Scope.open()) {
            Translation<INDArray> network = new Translation<>(Subject.trace(job), new Nd4jDialect());
            INDArray images = Nd4jDialect.constant(Subject.images(Backends.best(job.threads()), job));
            return new Running("logits", () -> network.run(images));
        }
    }

    private record Running(String name, Supplier<INDArray> work) implements Entry {
        private static final WorkspaceConfiguration REUSED = WorkspaceConfiguration.builder()
                .policyLearning(LearningPolicy.FIRST_LOOP)
                .build();

        @Override
        public void run() {
            try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace(REUSED, "run")) {
                Objects.requireNonNull(work.get());
            }
        }

        @Override
        public SequencedMap<String, float[]> results() {
            try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace(REUSED, "run")) {
                return Results.of(name, work.get().dup('c').reshape(-1).toFloatVector());
            }
        }

        @Override
        public void close() {}
    }
}
