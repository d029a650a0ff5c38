package dev.backlight.models.train;

import java.util.List;

/**
 * How a training ended.
 *
 * @param finished whether all epochs are done, as opposed to stopped and saved
 * @param epochs those completed, in all runs together
 */
public record TrainingResult(boolean finished, List<EpochReport> epochs) {
    public TrainingResult {
        epochs = List.copyOf(epochs);
    }
}
