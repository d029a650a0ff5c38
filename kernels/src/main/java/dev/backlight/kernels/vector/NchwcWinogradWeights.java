package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;

/**
 * The transformed weights of a 3×3 convolution of images in channel blocks, as {@link NchwcTile} reads them: per product of a
 * tile, per panel of two vectors of outputs, channel after channel. Outputs past the last have zeros.
 */
record NchwcWinogradWeights(WinogradTile tile, WeightLayout layout) {
    private static final int PANEL = Lanes.PANEL;

    /** What transformed weights are kept under. */
    private record TransformedForm(int at, WinogradTile tile, WeightLayout layout) {}

    /** Panels of outputs. */
    static int panels(int outputs) {
        return Math.ceilDiv(outputs, PANEL);
    }

    /** Kept where the weights are long-lived. */
    float[] packed(Parallel parallel, Span w) {
        int panels = panels(layout.rows());
        int panelSize = layout.channels() * PANEL;
        int size = panels * panelSize;
        FilterTransform transform = new FilterTransform(tile, layout);
        return w.form(
                new TransformedForm(w.at(), tile, layout),
                tile.products() * size,
                Scratch.ROWS,
                form -> parallel.forEach(panels, p -> {
                    int live = Math.min(PANEL, layout.rows() - p * PANEL);
                    var panel = new FilterTransform.Panel(p * PANEL, PANEL, live);
                    transform.run(w, panel, form, p * panelSize, size);
                }));
    }
}
