package dev.backlight.kernels.cuda;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Launches that may meet a wrong index, of which nobody has asked yet whether they did; or that did. */
final class Doubt {
    private final Set<Thread> threads = new HashSet<>();
    private @Nullable String sentence;

    /** The calling thread is among those who launch. */
    void share() {
        threads.add(Thread.currentThread());
    }

    /**
     * A launch has met a wrong index.
     *
     * @return who launched, and has to hear of it
     */
    Set<Thread> confirm(String said) {
        Set<Thread> launched = Set.copyOf(threads);
        threads.clear();
        sentence = said;
        return launched;
    }

    /** What was wrong, or null where nothing is known to be. */
    @Nullable
    String sentence() {
        return sentence;
    }
}
