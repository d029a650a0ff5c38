package dev.backlight.kernels.vector;

/** The transformed weights G w Gᵀ of a 3×3 convolution: per product of a tile a matrix of outputs by inputs, packed. */
record WinogradWeights(WinogradTile tile, WeightLayout layout) {
    /** What transformed weights are kept under. */
    private record TransformedForm(int at, WinogradTile tile, WeightLayout layout) {}

    /** One left operand per product of a tile; kept where the weights are long-lived. */
    PackedRows[] packed(Parallel parallel, Span w) {
        RowPlan plan = new RowPlan(layout.rows());
        int steps = layout.channels();
        int size = plan.paddedRows() * steps;
        TransformedForm key = new TransformedForm(w.at(), tile, layout);
        float[] data = w.form(
                key,
                tile.products() * size,
                Scratch.ROWS,
                form -> parallel.forEach(
                        plan.tiles(), t -> transform(new PackedRows(plan, steps, form, 0), size, t, w)));
        PackedRows[] packed = new PackedRows[tile.products()];
        for (int product = 0; product < packed.length; product++) {
            packed[product] = new PackedRows(plan, steps, data, product * size);
        }
        return packed;
    }

    private void transform(PackedRows first, int size, int t, Span w) {
        int n = tile.inputs();
        int height = first.plan().tile(t).rows();
        double[] filter = new double[9];
        double[] between = new double[3 * n];
        for (int c = 0; c < layout.channels(); c++) {
            for (int r = 0; r < height; r++) {
                int row = first.plan().start(t) + r;
                int from = w.at() + row * layout.rowStep() + c * layout.channelStep();
                for (int k = 0; k < 9; k++) {
                    filter[k] = r < first.plan().live(t)
                            ? w.data()[from + layout.taps().get(k)]
                            : 0;
                }
                transform(filter, between, first.data(), first.at(t, c) + r, size);
            }
        }
    }

    /** Rounds once, at the end. */
    private void transform(double[] filter, double[] between, float[] to, int at, int step) {
        double[][] g = tile.weightTransform();
        int n = g.length;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < 3; j++) {
                between[3 * i + j] = g[i][0] * filter[j] + g[i][1] * filter[3 + j] + g[i][2] * filter[6 + j];
            }
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double sum = g[j][0] * between[3 * i] + g[j][1] * between[3 * i + 1] + g[j][2] * between[3 * i + 2];
                to[at + (i * n + j) * step] = (float) sum;
            }
        }
    }
}
