package dev.backlight.attribution.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * How one method did on all images under one pair of fills.
 *
 * @param difference insertion less deletion
 * @param overFirst by how much {@code difference} exceeds the first method's, image by image (paired)
 * @param seconds mean per image
 */
public record MethodScores(
        String method,
        String fills,
        int images,
        Interval insertion,
        Interval deletion,
        Interval difference,
        Interval overFirst,
        double seconds) {

    /** The scores of each pair of fills and each method, both in the order in which rows first name them. */
    public static List<MethodScores> of(List<Row> rows, Bootstrap bootstrap) {
        Set<String> methods = new LinkedHashSet<>();
        Map<String, Map<String, List<Row>>> byFills = new LinkedHashMap<>();
        for (Row row : rows) {
            methods.add(row.method());
            byFills.computeIfAbsent(row.fills(), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(row.method(), _ -> new ArrayList<>())
                    .add(row);
        }
        List<MethodScores> scores = new ArrayList<>();
        byFills.forEach((_, byMethod) -> {
            List<Row> first = byMethod.getOrDefault(methods.iterator().next(), List.of());
            for (String method : methods) {
                List<Row> own = byMethod.getOrDefault(method, List.of());
                if (!own.isEmpty()) {
                    scores.add(of(own, first, bootstrap));
                }
            }
        });
        return List.copyOf(scores);
    }

    private static MethodScores of(List<Row> rows, List<Row> first, Bootstrap bootstrap) {
        Map<String, Double> theirs = new LinkedHashMap<>();
        first.forEach(row -> theirs.put(row.image(), row.difference()));
        double[] gains = rows.stream()
                .filter(row -> theirs.containsKey(row.image()))
                .mapToDouble(row -> row.difference() - theirs.getOrDefault(row.image(), Double.NaN))
                .toArray();
        return new MethodScores(
                rows.getFirst().method(),
                rows.getFirst().fills(),
                rows.size(),
                bootstrap.mean(values(rows, Row::insertion)),
                bootstrap.mean(values(rows, Row::deletion)),
                bootstrap.mean(values(rows, Row::difference)),
                bootstrap.mean(gains),
                rows.stream().mapToDouble(Row::seconds).average().orElse(0));
    }

    private static double[] values(List<Row> rows, ToDoubleFunction<Row> column) {
        return rows.stream().mapToDouble(column).toArray();
    }
}
