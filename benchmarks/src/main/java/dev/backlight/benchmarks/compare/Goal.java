package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.contest.Backlight;
import dev.backlight.benchmarks.contest.Contestants;
import dev.backlight.benchmarks.contest.Workload;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * What is aimed at: ratios of time or memory to a peer's, at most so large.
 *
 * @param own Backlight, in one of its modes
 * @param mean bound of the geometric mean over all cells
 * @param each bound of every cell
 * @param cells how many cells there are to measure
 */
record Goal(String what, Workload workload, String own, String peer, double mean, double each, int cells) {
    private static final String HOISTED = new Backlight(Backlight.Mode.HOISTED).name();

    static final List<Goal> OF_TIME = List.of(
            new Goal("F, time", Workload.FORWARD, "onnxruntime", 1.0, 1.3, 8),
            new Goal("F, time", Workload.FORWARD, "pytorch", 0.5, 0.7, 8),
            new Goal("FG, time", Workload.INPUT_GRADIENT, "pytorch", 0.5, 0.7, 8),
            new Goal("LPR, time", Workload.RULE_STEP, "pytorch", 0.4, 0.6, 8),
            new Goal("LPR as training runs it, time", Workload.RULE_STEP, HOISTED, "pytorch", 0.4, 0.6, 8),
            new Goal("IG, time", Workload.INTEGRATED_GRADIENTS, "pytorch", 0.4, 0.4, 1),
            new Goal("SGEMM, time", Workload.MATRIX_PRODUCT, "openblas", 1.05, 1.05, 3));

    static final Goal OF_MEMORY =
            new Goal("LPR at batch 8, peak resident memory", Workload.RULE_STEP, "pytorch", 0.5, 0.8, 4);

    /** Columns of the rows below. */
    static final List<String> COLUMNS =
            List.of("goal", "against", "mean, wanted", "mean", "each, wanted", "worst", "cells", "");

    /** A goal of Backlight as it is usually used. */
    private Goal(String what, Workload workload, String peer, double mean, double each, int cells) {
        this(what, workload, Contestants.BACKLIGHT, peer, mean, each, cells);
    }

    List<String> row(Collection<Double> ratios) {
        if (ratios.isEmpty()) {
            return List.of(
                    what,
                    peer,
                    "≤ " + number(mean),
                    "",
                    "≤ " + number(each),
                    "",
                    "0 of " + cells,
                    verdict(false, 0, cells));
        }
        double found = Statistics.geometricMean(ratios);
        double worst = ratios.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        return List.of(
                what,
                peer,
                "≤ " + number(mean),
                number(found),
                "≤ " + number(each),
                number(worst),
                ratios.size() + " of " + cells,
                verdict(found <= mean && worst <= each, ratios.size(), cells));
    }

    /** How a goal stands after some of its cells. */
    static String verdict(boolean isMet, int measured, int cells) {
        if (measured == 0) {
            return "not measured";
        }
        if (!isMet) {
            return "not met";
        }
        return measured < cells ? "met so far" : "**met**";
    }

    private static String number(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }
}
