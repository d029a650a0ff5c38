package dev.backlight.attribution.render;

import java.awt.Color;

/** The few colours of the drawn furniture: text, secondary text and thin lines, on white. */
final class Palette {
    static final Color PAPER = new Color(0xFFFFFF);
    static final Color INK = new Color(0x1B1F24);
    static final Color MUTED = new Color(0x59636E);
    static final Color RULE = new Color(0xD1D9E0);

    private Palette() {}
}
