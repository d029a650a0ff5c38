package dev.backlight.kernels.vector;

/** The transformed weights G w Gᵀ of a 3×3 convolution: per product of a tile a matrix of outputs by inputs, packed. */
record WinogradWeights(WinogradTile tile, WeightLayout layout) {
    /** Filters transformed at once: their weights and the half of the transform stay in the first-level cache. */
    private static final int RUN = 64;

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

    /**
     * Transforms the filters of one register tile. Their elements follow each other channel after channel, row after row, in
     * each of the products, so they are worked on in long runs.
     */
    private void transform(PackedRows first, int size, int t, Span w) {
        double[] filters = new double[9 * RUN];
        double[] between = new double[3 * tile.inputs() * RUN];
        int[] taps = layout.taps().stream().mapToInt(tap -> tap).toArray();
        int elements = first.steps() * first.plan().tile(t).rows();
        for (int from = 0; from < elements; from += RUN) {
            int count = Math.min(RUN, elements - from);
            gather(first.plan(), t, w, taps, from, count, filters);
            multiply(filters, between, count);
            store(between, count, first.data(), first.at(t, 0) + from, size);
        }
    }

    /** The nine weights of each filter, one run per tap; rows past the last have none. */
    private void gather(RowPlan plan, int t, Span w, int[] taps, int from, int count, double[] filters) {
        int height = plan.tile(t).rows();
        for (int i = 0; i < count; i++) {
            int row = (from + i) % height;
            int channel = (from + i) / height;
            boolean isLive = row < plan.live(t);
            int at = w.at() + (plan.start(t) + row) * layout.rowStep() + channel * layout.channelStep();
            for (int k = 0; k < 9; k++) {
                filters[k * RUN + i] = isLive ? w.data()[at + taps[k]] : 0;
            }
        }
    }

    /** G w, for all three columns of w. */
    private void multiply(double[] filters, double[] between, int count) {
        double[][] g = tile.weightTransform();
        for (int i = 0; i < g.length; i++) {
            double g0 = g[i][0], g1 = g[i][1], g2 = g[i][2];
            for (int j = 0; j < 3; j++) {
                int above = j * RUN, middle = (3 + j) * RUN, below = (6 + j) * RUN, to = (3 * i + j) * RUN;
                for (int q = 0; q < count; q++) {
                    between[to + q] = g0 * filters[above + q] + g1 * filters[middle + q] + g2 * filters[below + q];
                }
            }
        }
    }

    /** (G w) Gᵀ, rounded once. */
    private void store(double[] between, int count, float[] form, int at, int size) {
        double[][] g = tile.weightTransform();
        for (int i = 0; i < g.length; i++) {
            int left = 3 * i * RUN, middle = left + RUN, right = middle + RUN;
            for (int j = 0; j < g.length; j++) {
                double g0 = g[j][0], g1 = g[j][1], g2 = g[j][2];
                int to = at + (i * g.length + j) * size;
                for (int q = 0; q < count; q++) {
                    form[to + q] =
                            (float) (g0 * between[left + q] + g1 * between[middle + q] + g2 * between[right + q]);
                }
            }
        }
    }
}
