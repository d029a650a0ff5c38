package dev.backlight.cli;

import dev.backlight.attribution.evaluate.Interval;
import dev.backlight.attribution.evaluate.MethodScores;
import dev.backlight.cli.console.TextTable;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The table that {@code evaluate} prints, one per pair of fills. */
final class ScoreTable {
    private ScoreTable() {}

    static String of(List<MethodScores> scores) {
        Map<String, List<MethodScores>> byFills = scores.stream()
                .collect(Collectors.groupingBy(MethodScores::fills, LinkedHashMap::new, Collectors.toList()));
        StringBuilder text = new StringBuilder();
        byFills.forEach((fills, methods) -> text.append(table(fills, methods)).append(System.lineSeparator()));
        return text.toString();
    }

    private static String table(String fills, List<MethodScores> methods) {
        MethodScores first = methods.getFirst();
        TextTable table = new TextTable("lrrrrr");
        table.row(
                "method", "insertion ↑", "deletion ↓", "insertion − deletion ↑", "over " + first.method(), "s/picture");
        for (MethodScores method : methods) {
            table.row(
                    method.method(),
                    interval(method.insertion()),
                    interval(method.deletion()),
                    interval(method.difference()),
                    method.equals(first) ? "" : interval(method.overFirst()),
                    ExplainPrinter.decimals(method.seconds(), 3));
        }
        String[] ends = fills.split("/", -1);
        return "Insertion from %s, deletion to %s; %d pictures, means with 95 %% confidence intervals%n"
                        .formatted(ends[0], ends[1], first.images())
                + table
                + comparison(first, methods);
    }

    /** How the first method stands to the best of the others. */
    private static String comparison(MethodScores first, List<MethodScores> methods) {
        return methods.stream()
                .skip(1)
                .max(Comparator.comparingDouble(method -> method.difference().mean()))
                .map(best -> String.format(
                        Locale.ROOT,
                        "%s: %.2f × the insertion − deletion of %s%n",
                        first.method(),
                        first.difference().mean() / best.difference().mean(),
                        best.method()))
                .orElse("");
    }

    private static String interval(Interval interval) {
        return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", interval.mean(), interval.low(), interval.high());
    }
}
