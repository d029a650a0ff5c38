package dev.backlight.models.train;

/** Is told how a training goes, by the training thread. */
public interface TrainingListener {
    /** Hears nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /** Training goes on from a checkpoint, after so many steps of so many. */
    default void resumed(long step, long steps) {}

    /**
     * A step is done.
     *
     * @param epoch the current one, counted from 1
     * @param step done so far in all epochs
     * @param steps to do in all epochs
     * @param loss of this step
     */
    default void stepDone(int epoch, long step, long steps, double loss) {}

    /** So many of the test pictures have been classified. */
    default void evaluated(int pictures, int of) {}

    /** An epoch is done and saved. */
    default void epochDone(EpochReport report) {}
}
