package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Workload;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler;

/** Bars: how many times as fast as each peer Backlight is, by workload, in the geometric mean over its cells. */
final class RatioChart {
    private static final Map<String, Color> COLOURS = Map.of(
            "onnxruntime", new Color(0x4477AA),
            "pytorch", new Color(0xEE6677),
            "djl", new Color(0x228833),
            "nd4j", new Color(0xCCBB44),
            "openblas", new Color(0x66CCEE));

    private RatioChart() {}

    static void write(List<Cell> cells, Path file) throws IOException {
        List<Workload> measured = Stream.of(Workload.values())
                .filter(workload -> cells.stream().anyMatch(cell -> cell.job().startsWith(workload.label() + ":")))
                .toList();
        if (measured.isEmpty()) {
            return;
        }
        CategoryChart chart = new CategoryChartBuilder()
                .width(900)
                .height(420)
                .title("Speed in units of the peer's (higher is better; 1 is as fast)")
                .yAxisTitle("peer's time / Backlight's time")
                .build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setLabelsVisible(true);
        List<String> labels = measured.stream().map(Workload::label).toList();
        for (String peer : peers(cells)) {
            List<@Nullable Double> speeds = new ArrayList<>();
            for (Workload workload : measured) {
                SequencedMap<?, Double> ratios = Ratios.of(cells, workload, peer);
                speeds.add(ratios.isEmpty() ? null : rounded(1 / Statistics.geometricMean(ratios.values())));
            }
            chart.addSeries(peer, labels, speeds).setFillColor(COLOURS.getOrDefault(peer, Color.GRAY));
        }
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapEncoder.BitmapFormat.PNG);
    }

    /** The chart would print all decimals. */
    private static double rounded(double speed) {
        return Math.round(100 * speed) / 100.0;
    }

    private static List<String> peers(List<Cell> cells) {
        return cells.stream()
                .flatMap(cell -> cell.scores().stream())
                .map(Score::contestant)
                .filter(name -> !name.startsWith(Contestants.BACKLIGHT))
                .distinct()
                .toList();
    }
}
