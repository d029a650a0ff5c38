package dev.backlight.attribution.render.report;

import dev.backlight.attribution.render.Ticks;
import java.util.List;
import java.util.Locale;

/**
 * A line chart as inline SVG, styled by the classes {@code chart}, {@code axis}, {@code grid}, {@code tick}, {@code label} and
 * {@code line series-N} of the page it stands in, so that it follows the page's light or dark scheme.
 *
 * @param description for readers who do not see it
 * @param xLabel below the horizontal axis
 * @param low lower end of the vertical axis
 * @param high its upper end, above {@code low}
 * @param series at least one; they are told apart by order, and the page carries the legend
 */
record LineChart(String description, String xLabel, double low, double high, List<Series> series) {
    private static final int WIDTH = 280;
    private static final int HEIGHT = 206;
    private static final int LEFT = 36;
    private static final int RIGHT = 16;
    private static final int TOP = 10;
    private static final int BOTTOM = 40;

    /** More points than pixels tell nothing and make the page heavy. */
    private static final int MOST_POINTS = 400;

    /** Points in the order to join them; one that is not finite leaves a gap. */
    record Series(List<Double> x, List<Double> y) {}

    /** A chart whose vertical axis spans the finite values of one series. */
    static LineChart fitting(String description, String xLabel, Series series) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double y : series.y()) {
            if (Double.isFinite(y)) {
                low = Math.min(low, y);
                high = Math.max(high, y);
            }
        }
        boolean empty = low > high;
        double pad = empty ? 1 : low == high ? Math.max(Math.abs(low) * 0.1, 1e-6) : (high - low) * 0.05;
        return new LineChart(description, xLabel, (empty ? 0 : low) - pad, (empty ? 0 : high) + pad, List.of(series));
    }

    /** The element {@code svg}; well-formed XML without any reference. */
    String svg() {
        double xLow = series.stream()
                .flatMap(s -> s.x().stream())
                .mapToDouble(x -> x)
                .min()
                .orElse(0);
        double xHigh = series.stream()
                .flatMap(s -> s.x().stream())
                .mapToDouble(x -> x)
                .max()
                .orElse(1);
        if (xLow == xHigh) {
            xHigh = xLow + 1;
        }
        StringBuilder svg = new StringBuilder();
        svg.append("<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\"><title>%s</title>"
                .formatted(WIDTH, HEIGHT, escaped(description)));
        horizontalGrid(svg);
        svg.append("<path class=\"axis\" d=\"M%d %dH%d\"/>".formatted(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT));
        for (Ticks.Tick tick : Ticks.between(xLow, xHigh)) {
            text(svg, "tick", across(tick.value(), xLow, xHigh), HEIGHT - BOTTOM + 16.0, "middle", tick.label());
        }
        text(svg, "label", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6.0, "middle", escaped(xLabel));
        for (int i = 0; i < series.size(); i++) {
            svg.append("<path class=\"line series-%d\" d=\"%s\"/>".formatted(i, path(series.get(i), xLow, xHigh)));
        }
        return svg.append("</svg>").toString();
    }

    private void horizontalGrid(StringBuilder svg) {
        for (Ticks.Tick tick : Ticks.between(low, high)) {
            double y = down(tick.value());
            svg.append("<path class=\"grid\" d=\"M%d %sH%d\"/>".formatted(LEFT, coordinate(y), WIDTH - RIGHT));
            text(svg, "tick", LEFT - 6.0, y + 4, "end", tick.label());
        }
    }

    private static void text(StringBuilder svg, String kind, double x, double y, String anchor, String text) {
        svg.append("<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>"
                .formatted(kind, coordinate(x), coordinate(y), anchor, text));
    }

    private String path(Series line, double xLow, double xHigh) {
        StringBuilder path = new StringBuilder();
        int count = Math.min(line.x().size(), line.y().size());
        int stride = Math.max(1, Math.ceilDiv(count, MOST_POINTS));
        boolean joined = false;
        for (int i = 0; i < count; i = i == count - 1 ? count : Math.min(i + stride, count - 1)) {
            double y = line.y().get(i);
            if (Double.isFinite(y)) {
                path.append(joined ? "L" : "M")
                        .append(coordinate(across(line.x().get(i), xLow, xHigh)))
                        .append(' ')
                        .append(coordinate(down(y)));
            }
            joined = Double.isFinite(y);
        }
        return path.toString();
    }

    private static double across(double x, double xLow, double xHigh) {
        return LEFT + (x - xLow) / (xHigh - xLow) * (WIDTH - RIGHT - LEFT);
    }

    private double down(double y) {
        return HEIGHT - BOTTOM - (Math.clamp(y, low, high) - low) / (high - low) * (HEIGHT - BOTTOM - TOP);
    }

    private static String coordinate(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
