package dev.backlight.tests.onnx;

import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.engine.shape.DType;
import dev.backlight.models.onnx.OnnxModel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads a model in a JVM of its own and says what that took beside reading the file: seconds of the processor, which others on the
 * machine do not lengthen as they do those of a clock.
 */
final class ImportCost {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private ImportCost() {}

    // The arguments: the file, as often as it is to be loaded.
    public static void main(String[] args) throws IOException {
        double read = Double.POSITIVE_INFINITY;
        double loaded = Double.POSITIVE_INFINITY;
        try {
            for (String file : args) {
                long start = THREADS.getCurrentThreadCpuTime();
                readWhole(Path.of(file));
                long half = THREADS.getCurrentThreadCpuTime();
                OnnxModel model = OnnxModel.load(Path.of(file), Backends.best(1), DType.F32);
                long end = THREADS.getCurrentThreadCpuTime();
                System.out.println("parameters " + model.parameterCount());
                read = Math.min(read, (half - start) * 1e-9);
                loaded = Math.min(loaded, (end - half) * 1e-9);
            }
            System.out.println("read " + read);
            System.out.println("loaded " + loaded);
        } catch (BacklightException e) {
            System.out.println("refused " + e.getMessage());
        }
    }

    private static void readWhole(Path file) throws IOException {
        byte[] part = new byte[1 << 20];
        try (var in = Files.newInputStream(file)) {
            int sum = 0;
            for (int count = in.read(part); count > 0; count = in.read(part)) {
                sum += part[0];
            }
            System.out.println("checksum " + sum);
        }
    }
}
