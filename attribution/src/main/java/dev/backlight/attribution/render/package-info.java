/**
 * Turns attribution maps into things to look at and to read back: colour maps, overlays, panels, a self-contained HTML
 * report and the same results as JSON. Works on plain numbers ({@link ScalarField}) and AWT pictures, so it knows
 * neither tensors nor networks, and it runs headless.
 */
@NullMarked
package dev.backlight.attribution.render;

import org.jspecify.annotations.NullMarked;
