package dev.backlight.attribution.rule;

/** Percentiles with linear interpolation between the two nearest ranks (type 7 of Hyndman and Fan 1996, NumPy's default). */
public final class Percentile {
    private Percentile() {}

    /**
     * The percentile of some values, which are reordered.
     *
     * @param percentile in 0..100
     */
    public static double of(double[] values, double percentile) {
        double rank = (values.length - 1) * percentile / 100;
        int below = (int) Math.floor(rank);
        double low = select(values, below);
        if (below == rank) {
            return low;
        }
        // select has left everything beyond `below` no smaller than it
        double high = Double.POSITIVE_INFINITY;
        for (int i = below + 1; i < values.length; i++) {
            high = Math.min(high, values[i]);
        }
        return low + (rank - below) * (high - low);
    }

    /** Hoare's quickselect: the k-th smallest, with smaller ones before and larger ones after it. */
    private static double select(double[] values, int k) {
        int from = 0;
        int to = values.length - 1;
        while (from < to) {
            double pivot = values[(from + to) >>> 1];
            int i = from;
            int j = to;
            while (i <= j) {
                while (values[i] < pivot) {
                    i++;
                }
                while (values[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    double swap = values[i];
                    values[i++] = values[j];
                    values[j--] = swap;
                }
            }
            if (k <= j) {
                to = j;
            } else if (k >= i) {
                from = i;
            } else {
                break;
            }
        }
        return values[k];
    }
}
