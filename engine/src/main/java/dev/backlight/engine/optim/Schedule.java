package dev.backlight.engine.optim;

/** A learning rate as a pure function of the step, counted from 0: nothing to save, nothing to resume. */
@FunctionalInterface
public interface Schedule {
    double at(long step);

    /** Always the same rate. */
    static Schedule constant(double rate) {
        return step -> rate;
    }

    /** The rate, multiplied by {@code factor} at each milestone. */
    static Schedule steps(double rate, double factor, long... milestones) {
        long[] at = milestones.clone();
        return step -> {
            double current = rate;
            for (long milestone : at) {
                current *= step >= milestone ? factor : 1;
            }
            return current;
        };
    }

    /** Half a cosine from {@code peak} to {@code end} at step {@code total}, after a linear rise of {@code warmUp} steps. */
    static Schedule cosine(double peak, double end, long warmUp, long total) {
        return step -> step < warmUp
                ? peak * (step + 1) / warmUp
                : halfCosine(peak, end, (double) (step - warmUp) / Math.max(1, total - warmUp));
    }

    /**
     * One cycle (Smith and Topin 2018): half a cosine from {@code peak/25} up to {@code peak} in the first
     * {@code warmFraction} of the steps, another down to {@code peak/10⁴} in the rest.
     */
    static Schedule oneCycle(double peak, double warmFraction, long total) {
        double rise = Math.max(1, warmFraction * total);
        return step -> step < rise
                ? halfCosine(peak / 25, peak, step / rise)
                : halfCosine(peak, peak / 10_000, (step - rise) / Math.max(1, total - rise));
    }

    private static double halfCosine(double from, double to, double fraction) {
        return to + (from - to) * (1 + Math.cos(Math.PI * Math.clamp(fraction, 0.0, 1.0))) / 2;
    }
}
