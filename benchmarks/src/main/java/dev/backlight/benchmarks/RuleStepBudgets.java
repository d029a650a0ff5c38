package dev.backlight.benchmarks;

import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.RuleStep;
import dev.backlight.benchmarks.contest.Subject;
import dev.backlight.benchmarks.contest.Workload;
import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.Shape;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a step of rule training takes when it may have only a part of the memory that it would: a line per part with MiB of
 * intermediate results and of what is computed once, primitives, milliseconds to plan, the median of milliseconds per step, and
 * of its ratio to a step in the whole memory, run in turn. Bits are compared with that one's. Arguments, all optional: network of the
 * zoo, batch, steps measured (0 only plans), {@code constant} where the images stay the same and the pass over them is computed once,
 * parts in per cent.
 */
public final class RuleStepBudgets {
    private static final int WARM_UP = 1;

    private final Backend backend = Backends.best(Runtime.getRuntime().availableProcessors());
    private final Job job;
    private final int steps;
    private final boolean areConstant;
    private final PrintStream out;

    private RuleStepBudgets(Job job, int steps, boolean areConstant, PrintStream out) {
        this.job = job;
        this.steps = steps;
        this.areConstant = areConstant;
        this.out = out;
    }

    public static void main(String[] arguments) {
        List<String> given = new ArrayList<>(Arrays.asList(arguments));
        boolean areConstant = given.remove("constant");
        String network = given.isEmpty() ? "resnet50" : given.get(0);
        int batch = given.size() > 1 ? Integer.parseInt(given.get(1)) : 8;
        int steps = given.size() > 2 ? Integer.parseInt(given.get(2)) : 5;
        int[] parts = given.size() > 3
                ? given.stream().skip(3).mapToInt(Integer::parseInt).toArray()
                : new int[] {90, 80, 70, 60, 50, 40, 30};
        int threads = Runtime.getRuntime().availableProcessors();
        Job job = new Job(Workload.RULE_STEP, network, batch, 224, threads);
        try (Scope scope = Scope.open()) {
            new RuleStepBudgets(job, steps, areConstant, System.out).run(parts);
        }
    }

    private void run(int[] parts) {
        Layer network = Subject.network(backend, job);
        Tensor images = Subject.images(backend, job);
        RuleStep step = new RuleStep(network, backend, job.targets());
        List<Tensor> thetas = Subject.thetas(backend, rectifiers(step, images));
        List<Tensor> inputs = new ArrayList<>(areConstant ? List.of() : List.of(images));
        inputs.addAll(thetas);
        out.println("part   results   constants   primitives   plan ms   ms/step   ratio");
        TensorProgram whole = program(step, images, thetas);
        long bytes = whole.bytes() + whole.constantBytes();
        print(100, whole, 0, new double[0], new double[0]);
        for (int part : parts) {
            TensorProgram program = program(step, images, thetas);
            long start = System.nanoTime();
            try {
                program.limitMemory(bytes * part / 100);
            } catch (DeviceMemoryException e) {
                out.println(part + " %: " + e.getMessage());
                continue;
            }
            measure(part, whole, program, (System.nanoTime() - start) / 1e6, inputs);
            program.release();
        }
    }

    private void measure(int part, TensorProgram whole, TensorProgram program, double planned, List<Tensor> inputs) {
        double[] times = new double[steps];
        double[] ratios = new double[steps];
        for (int i = -WARM_UP; i < steps && steps > 0; i++) {
            long start = System.nanoTime();
            float[] expected = gradient(whole, inputs);
            long middle = System.nanoTime();
            float[] found = gradient(program, inputs);
            if (i >= 0) {
                times[i] = (System.nanoTime() - middle) / 1e6;
                ratios[i] = 1e6 * times[i] / (middle - start);
            }
            if (!Arrays.equals(expected, found)) {
                throw new IllegalStateException("other bits in " + part + " % of the memory");
            }
        }
        print(part, program, planned, times, ratios);
    }

    private static float[] gradient(TensorProgram program, List<Tensor> inputs) {
        try (Scope scope = Scope.open()) {
            return program.run(inputs).get(1).toFloats();
        }
    }

    private void print(int part, TensorProgram program, double planned, double[] times, double[] ratios) {
        out.printf(
                Locale.ROOT,
                "%3d %%   %7.1f   %9.1f   %10d   %7.0f   %7.0f   %5.2f%n",
                part,
                program.bytes() / 0x1p20,
                program.constantBytes() / 0x1p20,
                program.size(),
                planned,
                median(times),
                median(ratios));
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values.length == 0 ? Double.NaN : values[values.length / 2];
    }

    private static List<Shape> rectifiers(RuleStep step, Tensor images) {
        try (Recording recording = Recording.open()) {
            return step.unmasked(recording.inputLike(images)).shapes().stream()
                    .map(shape -> shape.with(0, 1))
                    .toList();
        }
    }

    private TensorProgram program(RuleStep step, Tensor images, List<Tensor> thetas) {
        try (Recording recording = Recording.open()) {
            Tensor x = areConstant ? images : recording.inputLike(images);
            RuleStep.Outcome outcome =
                    step.step(x, thetas.stream().map(recording::inputLike).toList());
            List<Tensor> results = new ArrayList<>(List.of(outcome.loss()));
            results.addAll(outcome.gradients());
            return recording.program(results);
        }
    }
}
