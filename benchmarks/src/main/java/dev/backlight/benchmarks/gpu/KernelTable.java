package dev.backlight.benchmarks.gpu;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.kernels.cuda.DeviceTimer;
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Every kernel's time beside its floor. */
final class KernelTable {
    private final Backend f32;
    private final @Nullable Backend tf32;
    private final @Nullable Backend libraries;

    KernelTable(Backend f32, @Nullable Backend tf32, @Nullable Backend libraries) {
        this.f32 = f32;
        this.tf32 = tf32;
        this.libraries = libraries;
    }

    /** Runs the cases whose names contain the text once and waits: what a sanitizer is to watch. */
    void once(String kernels) {
        KernelTimes times = new KernelTimes(f32);
        KernelCases.named(kernels).forEach(times::once);
    }

    String markdown(String kernels, PrintStream log) {
        KernelTimes own = new KernelTimes(f32);
        DeviceTimer timer = DeviceTimer.of(f32);
        KernelCase copy = KernelCases.copy();
        double bytesPerMillisecond = copy.bytes() / own.milliseconds(copy);
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "## Kernels%n%nCopy: %.0f GB/s. Peak: %.1f TFLOP/s in F32, %.1f in TF32. The copy is larger than any cache;"
                        + " what a cache holds in part can be faster than its floor.%n%n"
                        + "| kernel | µs | floor, µs | share of the floor | TF32, µs | share | cuDNN or cuBLAS, µs | own / vendor |%n"
                        + "|---|---|---|---|---|---|---|---|%n",
                1e-6 * bytesPerMillisecond,
                1e-12 * timer.peakFlops(false),
                1e-12 * timer.peakFlops(true)));
        for (KernelCase one : KernelCases.named(kernels)) {
            log.println(one.name());
            double memory = one.bytes() / bytesPerMillisecond;
            double time = milliseconds(f32, one);
            double floor = Math.max(memory, 1e3 * one.flop() / timer.peakFlops(false));
            text.append("| ").append(one.name()).append(" | ");
            text.append(micros(time)).append(" | ").append(micros(floor)).append(" | ");
            text.append(percent(floor / time)).append(" | ");
            if (one.flop() > 0 && tf32 != null) {
                double fast = milliseconds(tf32, one);
                double least = Math.max(memory, 1e3 * one.flop() / timer.peakFlops(true));
                text.append(micros(fast))
                        .append(" | ")
                        .append(percent(least / fast))
                        .append(" | ");
            } else {
                text.append("| | ");
            }
            if (one.flop() > 0 && libraries != null) {
                double vendor = milliseconds(libraries, one);
                text.append(micros(vendor)).append(" | ");
                text.append(String.format(Locale.ROOT, "%.2f", time / vendor)).append(" |\n");
            } else {
                text.append("| |\n");
            }
        }
        return text.append('\n').toString();
    }

    private static double milliseconds(Backend backend, KernelCase one) {
        try {
            return new KernelTimes(backend).milliseconds(one);
        } catch (DeviceMemoryException e) {
            return Double.NaN;
        } finally {
            backend.pool().trim();
        }
    }

    private static String micros(double milliseconds) {
        return Double.isNaN(milliseconds) ? "does not fit" : String.format(Locale.ROOT, "%.1f", 1e3 * milliseconds);
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
