package dev.backlight.benchmarks;

import dev.backlight.attribution.learn.RuleSettings;
import dev.backlight.attribution.learn.RuleTrainer;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.vision.Zoo;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Trains a rule for many steps on one image and prints, along the way, the milliseconds a step takes, the live and free
 * buffers of the engine and the resident memory of the process: live buffers must not change, the rest must level off.
 * Arguments, all optional: steps, network of the zoo, batch, threads.
 */
public final class RuleTrainingMemory {
    private RuleTrainingMemory() {}

    public static void main(String[] arguments) {
        int steps = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2000;
        String name = arguments.length > 1 ? arguments[1] : "resnet20";
        int batch = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1;
        int threads = arguments.length > 3
                ? Integer.parseInt(arguments[3])
                : Runtime.getRuntime().availableProcessors();
        Backend backend = Backends.best(threads);
        try (Scope scope = Scope.open()) {
            run(question(backend, name, batch), steps, System.out);
        }
    }

    private static Question question(Backend backend, String name, int batch) {
        Zoo.Entry entry = Zoo.named(name);
        Layer network = entry.build(3, 10);
        network.initialise(backend, DType.F32, 1);
        int side = entry.inputSize();
        Shape shape = Shape.of(batch, 3, side, side);
        Tensor images = Tensor.random(backend, DType.F32, shape, Primitive.Distribution.NORMAL, 2);
        return new Question(network, images, new int[batch]);
    }

    private static void run(Question question, int steps, PrintStream out) {
        RuleSettings usual = RuleSettings.DEFAULT;
        RuleSettings settings = new RuleSettings(
                steps,
                usual.learningRate(),
                usual.start(),
                usual.complement(),
                usual.size(),
                usual.guidance(),
                usual.timesInput(),
                usual.fill(),
                usual.smoothing(),
                usual.sharing(),
                usual.maxPools(),
                usual.patience(),
                usual.seed());
        out.println("step   ms/step   live buffers   live MiB   free MiB   resident MiB");
        Report report = new Report(question.input().backend(), steps, out);
        new RuleTrainer(settings).train(question, (step, total) -> report.at((int) step));
    }

    /** Prints a line now and then. */
    private static final class Report {
        private final Backend backend;
        private final int[] lines;
        private final PrintStream out;
        private long start = System.nanoTime();
        private int since;

        Report(Backend backend, int steps, PrintStream out) {
            this.backend = backend;
            this.lines = new int[] {20, 100, steps / 4, steps / 2, steps};
            this.out = out;
        }

        void at(int step) {
            if (Arrays.stream(lines).noneMatch(line -> line == step)) {
                return;
            }
            double milliseconds = (System.nanoTime() - start) / 1e6 / (step - since);
            BufferPool.Statistics pool = backend.pool().statistics();
            out.printf(
                    Locale.ROOT,
                    "%4d   %7.2f   %12d   %8.1f   %8.1f   %12.1f%n",
                    step,
                    milliseconds,
                    pool.liveBlocks(),
                    pool.liveBytes() / 0x1p20,
                    pool.freeBytes() / 0x1p20,
                    residentMebibytes());
            start = System.nanoTime();
            since = step;
        }
    }

    /** From the kernel's account of this process; NaN where there is none. */
    private static double residentMebibytes() {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return Double.NaN;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
