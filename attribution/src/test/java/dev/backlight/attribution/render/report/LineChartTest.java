package dev.backlight.attribution.render.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;

class LineChartTest {

    @Test
    void cornersOfTheDataAreCornersOfThePlot() {
        Document svg = draw(
                new LineChart("d", "x", 0, 1, List.of(new LineChart.Series(List.of(0.0, 1.0), List.of(0.0, 1.0)))));
        String baseline = svg.select(".axis").attr("d");
        String line = svg.select(".line").attr("d");
        // The axis reads M<left> <bottom>H<right>; the line starts at its left end and ends above its right end.
        String[] axis = baseline.substring(1).split("[ H]");
        assertEquals("M%s.0 %s.0L%s.0 10.0".formatted(axis[0], axis[1], axis[2]), line);
    }

    @Test
    void valuesThatAreNoNumbersLeaveAGap() {
        List<Double> x = List.of(0.0, 1.0, 2.0, 3.0, 4.0);
        List<Double> y = List.of(1.0, 2.0, Double.NaN, 1.0, 2.0);
        String path = draw(LineChart.fitting("d", "x", new LineChart.Series(x, y)))
                .select(".line")
                .attr("d");
        assertEquals(2, path.chars().filter(c -> c == 'M').count(), path);
        assertEquals(2, path.chars().filter(c -> c == 'L').count(), path);
    }

    @Test
    void longCurvesAreThinnedButKeepTheirLastPoint() {
        List<Double> x = IntStream.range(0, 10_001).mapToObj(i -> (double) i).toList();
        String path = draw(new LineChart("d", "x", 0, 10_000, List.of(new LineChart.Series(x, x))))
                .select(".line")
                .attr("d");
        long points = path.chars().filter(c -> c == 'L' || c == 'M').count();
        assertTrue(points > 300 && points <= 402, "points: " + points);
        assertTrue(path.endsWith(" 10.0"), "the last point lies at the top");
    }

    @Test
    void curvesWithoutAnyNumberOrWithOneValueOnlyStillDraw() {
        List<Double> x = List.of(0.0, 1.0);
        assertEquals("", line(x, List.of(Double.NaN, Double.NaN)));
        assertTrue(line(x, List.of(0.0, 0.0)).startsWith("M"));
        assertTrue(line(Collections.nCopies(2, 3.0), List.of(0.0, 1.0)).startsWith("M"));
    }

    @Test
    void descriptionIsEscaped() {
        String evil = "</title><script>";
        Document svg = draw(
                new LineChart(evil, evil, 0, 1, List.of(new LineChart.Series(List.of(0.0, 1.0), List.of(0.0, 1.0)))));
        assertEquals(0, svg.select("script").size());
        assertEquals(evil, svg.select("title").text());
    }

    private static String line(List<Double> x, List<Double> y) {
        return draw(LineChart.fitting("d", "x", new LineChart.Series(x, y)))
                .select(".line")
                .attr("d");
    }

    private static Document draw(LineChart chart) {
        return Jsoup.parse("<body>" + chart.svg() + "</body>");
    }
}
