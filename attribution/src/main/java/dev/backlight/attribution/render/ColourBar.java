package dev.backlight.attribution.render;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * The key to the colours of a map: a horizontal strip from the lowest to the highest value, with labelled ticks at round
 * values.
 */
public record ColourBar(ColourMap colours, Normalisation.Range range) {
    private static final int STRIP = 10;
    private static final int TICK = 4;
    private static final int LABEL = 11;

    /** Height of the drawn bar with ticks and labels, in pixels. */
    public static final int HEIGHT = STRIP + TICK + LABEL + 5;

    /** One labelled mark: a value and its position along the bar in 0..1. */
    public record Tick(double value, double position, String label) {}

    /**
     * Three to six ticks at multiples of 1, 2 or 5 times a power of ten; for a map of zeros a single one.
     */
    public List<Tick> ticks() {
        if (range.flat()) {
            return List.of(new Tick(0, range.position(0), "0"));
        }
        return Ticks.between(range.low(), range.high()).stream()
                .map(tick -> new Tick(tick.value(), range.position(tick.value()), tick.label()))
                .toList();
    }

    /** A picture of the bar alone, on white. */
    public BufferedImage draw(int width) {
        BufferedImage picture = new BufferedImage(width, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, HEIGHT);
        draw(graphics, 0, 0, width);
        graphics.dispose();
        return picture;
    }

    /** Draws the bar with its upper left corner at ({@code x}, {@code y}). */
    void draw(Graphics2D graphics, int x, int y, int width) {
        for (int i = 0; i < width; i++) {
            graphics.setColor(new Color(colours.rgb(i / (width - 1.0))));
            graphics.fillRect(x + i, y, 1, STRIP);
        }
        graphics.setColor(Palette.RULE);
        graphics.drawRect(x, y, width - 1, STRIP - 1);
        for (Tick tick : ticks()) {
            int at = x + (int) Math.round(tick.position() * (width - 1));
            graphics.setColor(Palette.MUTED);
            graphics.fillRect(at, y + STRIP, 1, TICK);
            Lettering.draw(
                    graphics,
                    Lettering.plain(LABEL),
                    tick.label(),
                    at,
                    y + STRIP + TICK + LABEL,
                    width,
                    tick.position());
        }
    }
}
