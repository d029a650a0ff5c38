package dev.backlight.cli.console;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets Ctrl-C end a run between two steps instead of inside one: the JVM's shutdown asks, the run notices at its next
 * {@link #check}, undoes what is half done and says how to go on, and only then the process ends, with the signal's own
 * exit code (130).
 */
public final class Cancellation {
    /** After this a user is told that the key was seen. */
    private static final long SILENCE_SECONDS = 1;

    /** Longer than any step between two checks takes: testing a classifier after an epoch. */
    private static final long PATIENCE_SECONDS = 180;

    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean requested;

    /** A cancellation that is asked for by the end of this process, such as Ctrl-C; call {@link #finish} when done. */
    public static Cancellation onShutdown() {
        Cancellation cancellation = new Cancellation();
        Runtime.getRuntime().addShutdownHook(new Thread(cancellation::requestAndWait, "cancellation"));
        return cancellation;
    }

    /** Asks the run to stop at its next check. */
    public void request() {
        requested = true;
    }

    /**
     * Does nothing unless the run was asked to stop.
     *
     * @throws CancellationException when it was
     */
    public void check() {
        if (requested) {
            throw new CancellationException("interrupted");
        }
    }

    /** Whether the run was asked to stop. */
    public boolean isRequested() {
        return requested;
    }

    /** Says that nothing is left to be undone. */
    public void finish() {
        finished.countDown();
    }

    private void requestAndWait() {
        request();
        try {
            if (!finished.await(SILENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("backlight: stopping at the end of this step");
                boolean ended = finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (!ended) {
                    System.err.println("backlight: interrupted in the middle of a long step");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
