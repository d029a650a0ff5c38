package dev.backlight.models.train;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a training has come: what a checkpoint holds beside tensors.
 *
 * @param plan a description of all that must not change between a run and its resumption
 * @param stepsPerEpoch so that a data set of another size is noticed
 * @param step done so far in all epochs
 * @param lossSum of the steps of the epoch under way
 * @param correct pictures of the epoch under way that were classified rightly
 * @param epochs those completed
 */
record Progress(String plan, long stepsPerEpoch, long step, double lossSum, long correct, List<EpochReport> epochs) {
    Progress {
        epochs = List.copyOf(epochs);
    }

    static Progress start(String plan, long stepsPerEpoch) {
        return new Progress(plan, stepsPerEpoch, 0, 0, 0, List.of());
    }

    /** The epoch under way, counted from 0. */
    @JsonIgnore
    int epoch() {
        return (int) (step / stepsPerEpoch);
    }

    /** Steps done in the epoch under way. */
    @JsonIgnore
    int stepInEpoch() {
        return (int) (step % stepsPerEpoch);
    }

    Progress afterStep(double loss, int rightly) {
        return new Progress(plan, stepsPerEpoch, step + 1, lossSum + loss, correct + rightly, epochs);
    }

    Progress afterEpoch(EpochReport report) {
        List<EpochReport> all = new ArrayList<>(epochs);
        all.add(report);
        return new Progress(plan, stepsPerEpoch, step, 0, 0, all);
    }
}
