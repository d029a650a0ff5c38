package dev.backlight.attribution.render;

import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;

/**
 * Text on pictures. A machine without a single font (slim containers) cannot draw any: then the pictures are made without
 * text, and one warning says so.
 */
final class Lettering {
    private Lettering() {}

    /**
     * Draws {@code text} on one line with its baseline at {@code y}, cut with an ellipsis to {@code maxWidth} pixels.
     *
     * @param anchor which point of the text lies at {@code x}: 0 its start, 1 its end. A label at the fraction f of a
     *     scale drawn with anchor f never sticks out of the scale.
     */
    static void draw(Graphics2D graphics, Font font, String text, int x, int y, int maxWidth, double anchor) {
        if (!Fonts.AVAILABLE) {
            return;
        }
        graphics.setFont(font);
        FontMetrics metrics = graphics.getFontMetrics();
        String shown = cut(text, metrics, maxWidth);
        int start = x - (int) Math.round(anchor * metrics.stringWidth(shown));
        graphics.drawString(shown, start, y);
    }

    static Font plain(int size) {
        return new Font(Font.SANS_SERIF, Font.PLAIN, size);
    }

    static Font bold(int size) {
        return new Font(Font.SANS_SERIF, Font.BOLD, size);
    }

    private static String cut(String text, FontMetrics metrics, int maxWidth) {
        if (metrics.stringWidth(text) <= maxWidth) {
            return text;
        }
        int end = text.length();
        while (end > 0 && metrics.stringWidth(text.substring(0, end) + "…") > maxWidth) {
            end = text.offsetByCodePoints(end, -1);
        }
        return text.substring(0, end) + "…";
    }

    /** Asked once, when the first text is drawn. */
    private static final class Fonts {
        static final boolean AVAILABLE = probe();

        private static boolean probe() {
            Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
            try {
                graphics.setFont(plain(12));
                return graphics.getFontMetrics().stringWidth("x") > 0;
            } catch (RuntimeException | LinkageError | InternalError e) {
                // What AWT throws without fontconfig, freetype or any font differs by platform.
                System.getLogger(Lettering.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "Pictures are made without captions, because this machine has no usable font ("
                                        + e
                                        + "); install one, for example the package fonts-dejavu-core.");
                return false;
            } finally {
                graphics.dispose();
            }
        }
    }
}
