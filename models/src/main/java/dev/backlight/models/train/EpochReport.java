package dev.backlight.models.train;

/**
 * What one epoch brought.
 *
 * @param epoch counted from 1
 * @param trainingLoss the mean over the epoch's steps, on varied pictures and with smoothed labels
 * @param trainingAccuracy likewise, from 0 to 1
 * @param testLoss the mean cross entropy of the test pictures
 * @param testAccuracy from 0 to 1
 * @param learningRate at the last step
 * @param seconds spent on it, evaluation included; in an epoch that was interrupted only since it was resumed
 */
public record EpochReport(
        int epoch,
        double trainingLoss,
        double trainingAccuracy,
        double testLoss,
        double testAccuracy,
        double learningRate,
        double seconds) {}
