package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;

/**
 * A convolution's weights as the right operand of a product: rows of the layout become columns, panel after panel, with the
 * steps of a panel following each other. For layouts without groups.
 */
record WeightPanels(WeightLayout layout) {
    private static final int PANEL = Lanes.PANEL;

    /** What the panels are kept under. */
    private record PanelForm(int at, WeightLayout layout) {}

    int count() {
        return Math.ceilDiv(layout.rows(), PANEL);
    }

    /** The packed panels, kept where the weights are long-lived. */
    PanelSource packed(Parallel parallel, Span w) {
        return new PackedPanels(layout.steps(), layout.rows(), data(parallel, w), 0);
    }

    /** The same as they lie in memory: panel p has step k's columns from {@code (p·steps + k)·}{@link Lanes#PANEL} on. */
    float[] data(Parallel parallel, Span w) {
        int steps = layout.steps();
        int[] places = layout.places();
        return w.form(
                new PanelForm(w.at(), layout),
                count() * steps * PANEL,
                Scratch.ROWS,
                panels -> parallel.forEach(count(), p -> pack(w, places, panels, p)));
    }

    private void pack(Span w, int[] places, float[] panels, int p) {
        int live = Math.min(PANEL, layout.rows() - p * PANEL);
        for (int k = 0; k < places.length; k++) {
            int to = (p * places.length + k) * PANEL;
            int from = w.at() + p * PANEL * layout.rowStep() + places[k];
            for (int j = 0; j < PANEL; j++) {
                panels[to + j] = j < live ? w.data()[from + j * layout.rowStep()] : 0;
            }
        }
    }
}
