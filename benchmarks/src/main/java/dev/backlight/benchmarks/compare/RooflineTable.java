package dev.backlight.benchmarks.compare;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The layers of a network against what the machine can do. */
final class RooflineTable {
    private static final int WORST = 5;

    private RooflineTable() {}

    static void append(Markdown page, Figures figures) throws IOException {
        List<Ceilings> ceilings = figures.read("ceilings", Ceilings.class);
        List<LayerTime> layers = figures.read("layers", LayerTime.class);
        if (ceilings.isEmpty() || layers.isEmpty()) {
            return;
        }
        Ceilings machine = ceilings.getFirst();
        page.heading("Roofline of ResNet-50, forward, batch 1, " + machine.threads() + " threads");
        page.line(String.format(
                Locale.ROOT,
                "Measured ceilings: %.0f GFLOP/s of fused multiply-adds, %.0f GB/s (triad). A layer's bound is the larger of"
                        + " operations over the one and bytes over the other, each operand counted once. Operations are those of"
                        + " direct convolution: minimal filtering does a 3×3 layer of stride 1 with up to four times fewer, so such"
                        + " a layer's share of the peak is larger than what its multiply-adds reach.",
                machine.gigaflops(),
                machine.gigabytes()));
        double total = layers.stream().mapToDouble(LayerTime::milliseconds).sum();
        double bound = layers.stream().mapToDouble(machine::boundMilliseconds).sum();
        page.line("")
                .line(String.format(
                        Locale.ROOT,
                        "All layers: %.1f ms, bound %.1f ms (%.0f %%).",
                        total,
                        bound,
                        100 * bound / total));
        page.line("").line("The five worst, by time above their bound:").line("");
        rows(
                page,
                machine,
                layers.stream()
                        .sorted(Comparator.comparingDouble(
                                layer -> machine.boundMilliseconds(layer) - layer.milliseconds()))
                        .limit(WORST)
                        .toList());
        page.line("").line("All, in order:").line("");
        rows(page, machine, layers);
    }

    private static void rows(Markdown page, Ceilings machine, List<LayerTime> layers) {
        page.columns(List.of(
                "layer",
                "what",
                "Mflop",
                "MB",
                "ms",
                "GFLOP/s",
                "of FMA peak",
                "of bandwidth",
                "bound by",
                "of bound",
                "faster than 1 thread by",
                "its shape"));
        for (LayerTime layer : layers) {
            page.row(List.of(
                    layer.path().isEmpty() ? "–" : "`" + layer.path() + "`",
                    layer.work().what(),
                    number(layer.work().flop() / 1e6),
                    number(layer.work().bytes() / 1e6),
                    String.format(Locale.ROOT, "%.3f", layer.milliseconds()),
                    number(layer.gigaflops()),
                    percent(layer.gigaflops() / machine.gigaflops()),
                    percent(layer.gigabytes() / machine.gigabytes()),
                    machine.isComputeBound(layer) ? "arithmetic" : "memory",
                    percent(machine.boundMilliseconds(layer) / layer.milliseconds()),
                    String.format(Locale.ROOT, "%.2f", layer.speedup()),
                    layer.work().trait()));
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
