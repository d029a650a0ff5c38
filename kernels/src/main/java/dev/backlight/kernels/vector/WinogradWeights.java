package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;

/** The transformed weights of a 3×3 convolution: per product of a tile a matrix of outputs by inputs, packed. */
record WinogradWeights(WinogradTile tile, WeightLayout layout) {
    /** What transformed weights are kept under. */
    private record TransformedForm(int at, WinogradTile tile, WeightLayout layout) {}

    /** One left operand per product of a tile; kept where the weights are long-lived. */
    PackedRows[] packed(Parallel parallel, Span w) {
        RowPlan plan = new RowPlan(layout.rows());
        int steps = layout.channels();
        int size = plan.paddedRows() * steps;
        TransformedForm key = new TransformedForm(w.at(), tile, layout);
        FilterTransform transform = new FilterTransform(tile, layout);
        float[] data = w.form(
                key,
                tile.products() * size,
                Scratch.ROWS,
                form -> parallel.forEach(plan.tiles(), t -> {
                    var panel = new FilterTransform.Panel(
                            plan.start(t), plan.tile(t).rows(), plan.live(t));
                    transform.run(w, panel, form, plan.start(t) * steps, size);
                }));
        PackedRows[] packed = new PackedRows[tile.products()];
        for (int product = 0; product < packed.length; product++) {
            packed[product] = new PackedRows(plan, steps, data, product * size);
        }
        return packed;
    }
}
