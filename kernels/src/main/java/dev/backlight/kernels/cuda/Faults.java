package dev.backlight.kernels.cuda;

import dev.backlight.engine.shape.ShapeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * What kernels found wrong with their indices: one word of the device ({@code faults.cuh}), which is looked at where results
 * reach the host. Between two looks, the word stays the least of all that were told.
 */
final class Faults {
    private static final long NONE = -1;

    private final Context context;

    /** Pinned: what was read, and {@link #NONE}. Null until an index is used for the first time. */
    private @Nullable ByteBuffer words;

    private long address;
    private boolean possible;

    Faults(Context context) {
        this.context = context;
    }

    /** The word's address, for a launch that may write it. */
    long address() {
        if (words == null) {
            address = context.driver().allocate(Long.BYTES);
            words = context.driver().allocatePinned(2 * Long.BYTES).order(ByteOrder.nativeOrder());
            words.putLong(Long.BYTES, NONE);
            forget(words);
        }
        possible = true;
        return address;
    }

    /** A graph is launched, in which there may be kernels that write the word. */
    void expect() {
        possible = words != null;
    }

    /**
     * Runs what waits for the device; the word comes with it.
     *
     * @throws ShapeException when a kernel has met an index outside its axis since the last look
     */
    void after(Runnable waiting) {
        ByteBuffer read = words;
        if (!possible || read == null) {
            waiting.run();
            return;
        }
        context.driver().downloadAsync(read, address, Long.BYTES, context.stream());
        waiting.run();
        possible = false;
        long word = read.getLong(0);
        if (word != NONE) {
            forget(read);
            throw new ShapeException(sentence((int) word, (int) (word >> Integer.SIZE)));
        }
    }

    private void forget(ByteBuffer of) {
        context.driver().uploadAsync(address, of.slice(Long.BYTES, Long.BYTES), Long.BYTES, context.stream());
    }

    private static String sentence(int index, int size) {
        String which = Math.abs((long) index) == Integer.MAX_VALUE ? "an index" : "index " + index;
        return which + " lies outside an axis of size " + size;
    }
}
