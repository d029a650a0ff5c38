package dev.backlight.engine.autodiff;

/**
 * How a tape is walked: under which propagations, and whether the walk itself is recorded on the tape so that it can be
 * differentiated. Propagations apply to this walk alone: a later walk through the recorded one takes plain gradients
 * unless it is given a map of its own.
 *
 * <p>An unrecorded walk frees intermediate signals as it goes. Should its propagations hold tensors of <em>another</em>
 * tape (the parameters of a learned rule, say), that other tape records what they touch.
 */
public record Walk(PropagationMap propagations, boolean isRecorded) {
    /** Plain gradients, not recorded. */
    public static final Walk PLAIN = new Walk(PropagationMap.NONE, false);

    /** An unrecorded walk under propagations. */
    public static Walk under(PropagationMap propagations) {
        return new Walk(propagations, false);
    }

    /** The same walk, recorded. */
    public Walk recorded() {
        return new Walk(propagations, true);
    }
}
