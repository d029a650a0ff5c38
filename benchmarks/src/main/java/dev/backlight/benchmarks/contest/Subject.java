package dev.backlight.benchmarks.contest;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.vision.Zoo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The network of a job and what goes into it: numbers that depend on seeds alone, so that every contestant gets the same.
 */
public final class Subject {
    private static final int WEIGHTS_SEED = 1;
    private static final int IMAGES_SEED = 2;
    private static final int THETA_SEED = 1000;
    private static final int STATISTICS_SEED = 100_000;

    private Subject() {}

    /** The network with random weights, and random statistics and scales in its normalisations. */
    public static Layer network(Backend backend, Job job) {
        Layer network = Zoo.named(job.subject()).build(3, Job.CLASSES);
        network.initialise(backend, DType.F32, WEIGHTS_SEED);
        int seed = STATISTICS_SEED;
        Map<String, Parameter> state = network.state();
        for (Map.Entry<String, Parameter> entry : state.entrySet()) {
            String norm = entry.getKey().substring(0, Math.max(0, entry.getKey().lastIndexOf('.')));
            if (state.containsKey(norm + ".running_var")) {
                randomise(backend, entry.getKey().substring(norm.length() + 1), entry.getValue(), seed++);
            }
        }
        return network;
    }

    private static void randomise(Backend backend, String name, Parameter parameter, int seed) {
        try (Scope scope = Scope.open()) {
            Tensor uniform = Tensor.random(backend, DType.F32, parameter.shape(), Primitive.Distribution.UNIFORM, seed);
            parameter.set(scope.keep(
                    switch (name) {
                        case "weight", "running_var" -> Ops.add(Ops.mul(uniform, 0.5), 0.75);
                        default -> Ops.add(Ops.mul(uniform, 0.2), -0.1);
                    }));
        }
    }

    /** Standard normal images {@code N×3×side×side}. */
    public static Tensor images(Backend backend, Job job) {
        Shape shape = Shape.of(job.batch(), 3, job.side(), job.side());
        return Tensor.random(backend, DType.F32, shape, Primitive.Distribution.NORMAL, IMAGES_SEED);
    }

    /** A rule parameter per rectifier and activation, standard normal, {@code 1×C×H×W} (or {@code 1×I}). */
    public static List<Tensor> thetas(Backend backend, List<Shape> rectifiers) {
        List<Tensor> thetas = new ArrayList<>();
        for (Shape shape : rectifiers) {
            int seed = THETA_SEED + thetas.size();
            thetas.add(Tensor.random(backend, DType.F32, shape.with(0, 1), Primitive.Distribution.NORMAL, seed));
        }
        return thetas;
    }

    /** A matrix of a product, uniform on [−½, ½), row-major. */
    public static float[] matrix(Job job, long seed) {
        int side = job.matrixSide();
        float[] values = new float[side * side];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-0.5, 0.5);
        }
        return values;
    }

    /** The network as a peer gets it; its weights belong to the scope that is open. */
    public static Trace trace(Job job) {
        Backend backend = Backends.best(job.threads());
        return trace(network(backend, job), backend, job);
    }

    private static Trace trace(Layer network, Backend backend, Job job) {
        Tensor like = Tensor.full(backend, DType.F32, Shape.scalar(), 0);
        return Trace.of(network, like, Shape.of(1, 3, job.side(), job.side()));
    }

    /** Floating-point operations of one run, in 10⁹, by direct convolution; a multiply-add is two. */
    public static double gflop(Job job) {
        if (job.workload() == Workload.MATRIX_PRODUCT) {
            return 2e-9 * Math.pow(job.matrixSide(), 3);
        }
        return 2e-9 * trace(job).multiplyAdds() * job.batch() * job.workload().passes();
    }
}
