package dev.backlight.kernels.vector;

/**
 * The transform G w Gᵀ of 3×3 filters, computed in double precision and rounded once, whose results are laid out in panels:
 * some neighbouring rows of the layout, channel after channel, in one matrix per product of a tile.
 */
record FilterTransform(WinogradTile tile, WeightLayout layout) {
    /** Filters transformed at once: their weights and the half of the transform stay in the first-level cache. */
    private static final int RUN = 64;

    /**
     * Rows of the layout that are transformed together.
     *
     * @param start the first row
     * @param height rows of the panel; those past {@code live} have no filters and become zeros
     * @param live rows that exist
     */
    record Panel(int start, int height, int live) {}

    /**
     * Transforms the filters of a panel: product p of row r and channel c goes to
     * {@code form[at + p·size + c·height + r − start]}. They are worked on in long runs.
     */
    void run(Span w, Panel panel, float[] form, int at, int size) {
        double[] filters = new double[9 * RUN];
        double[] between = new double[3 * tile.inputs() * RUN];
        int[] taps = layout.taps().stream().mapToInt(tap -> tap).toArray();
        int elements = layout.channels() * panel.height();
        for (int from = 0; from < elements; from += RUN) {
            int count = Math.min(RUN, elements - from);
            gather(w, panel, taps, from, count, filters);
            multiply(filters, between, count);
            store(between, count, form, at + from, size);
        }
    }

    /** The nine weights of each filter, one run per tap. */
    private void gather(Span w, Panel panel, int[] taps, int from, int count, double[] filters) {
        for (int i = 0; i < count; i++) {
            int row = (from + i) % panel.height();
            int channel = (from + i) / panel.height();
            boolean isLive = row < panel.live();
            int at = w.at() + (panel.start() + row) * layout.rowStep() + channel * layout.channelStep();
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
