package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.Execution;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.ShapeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What kernels found wrong with their indices: words of the device ({@code faults.cuh}), which are looked at where results
 * reach the host or somebody waits. Whoever launched hears of it there, once; and everybody who reads numbers that depend
 * on a wrong index, each time. Others' numbers are not touched. Calls are made under the backend's lock.
 */
final class Faults {
    private static final long NONE = -1;

    /**
     * Words of threads, and behind them those of graphs. Where two share one, both depend on what either meets: the right numbers
     * of one name the other's index too, until they are written over.
     */
    private static final int THREADS = 64;

    private static final int WORDS = 2 * THREADS;
    private static final int BYTES = WORDS * Long.BYTES;

    /**
     * What a graph does, over and over.
     *
     * @param word what its kernels write to
     * @param indexing which of the executions may meet a wrong index
     */
    record Followed(int word, List<Execution> executions, BitSet indexing) {}

    private final Context context;
    private final long address;

    /** Pinned: what was read, and {@link #NONE}. */
    private final ByteBuffer read;

    private final ByteBuffer none;

    /** By word, since the last look; null where nothing has been launched. */
    private final @Nullable Doubt[] open = new Doubt[WORDS];

    /** The word of each thread that has asked for one since the last look. */
    private final Map<Thread, Integer> words = new HashMap<>();

    private final Doubts doubts = new Doubts();
    private final Map<Thread, String> untold = new WeakHashMap<>();

    /** Whether the current execution has asked for an address. */
    private boolean used;

    /** The word of the graph that is being recorded, or -1. */
    private int recorded = -1;

    private int graphs;

    /** @throws DeviceMemoryException when the device has no room for a thousand bytes */
    Faults(Context context) {
        this.context = context;
        try {
            address = context.driver().allocate(BYTES);
        } catch (OutOfMemoryError e) {
            throw new DeviceMemoryException("the GPU has no memory left: other programs have taken all of it", e);
        }
        try {
            read = pinned(BYTES);
            none = pinned(BYTES);
        } catch (RuntimeException e) {
            context.driver().free(address);
            throw e;
        }
        for (int word = 0; word < WORDS; word++) {
            none.putLong(word * Long.BYTES, NONE);
        }
        context.driver().uploadAsync(address, none, BYTES, context.stream());
    }

    private ByteBuffer pinned(int bytes) {
        return context.driver().allocatePinned(bytes).order(ByteOrder.nativeOrder());
    }

    /** The address of a word, for a launch that may write it. */
    long address() {
        used = true;
        int word = recorded < 0 ? ownWord() : recorded;
        if (recorded < 0) {
            opened(word);
        }
        return address + (long) word * Long.BYTES;
    }

    private int ownWord() {
        int next = words.size() % THREADS;
        return words.computeIfAbsent(Thread.currentThread(), thread -> next);
    }

    private Doubt opened(int word) {
        Doubt doubt = open[word];
        if (doubt == null) {
            doubt = new Doubt();
            open[word] = doubt;
        }
        doubt.share();
        return doubt;
    }

    /** Launches an execution, which may be made of others. */
    void follow(Execution execution, Consumer<Execution> launch) {
        if (recorded >= 0) {
            launch.accept(execution);
            return;
        }
        boolean outer = used;
        used = false;
        launch.accept(execution);
        doubts.follow(execution, used ? opened(ownWord()) : null);
        used |= outer;
    }

    /** Launches executions into the graph that is being recorded. */
    Followed record(List<Execution> executions, Consumer<Execution> launch) {
        int word = THREADS + graphs++ % (WORDS - THREADS);
        BitSet indexing = new BitSet();
        recorded = word;
        try {
            for (int i = 0; i < executions.size(); i++) {
                used = false;
                launch.accept(executions.get(i));
                indexing.set(i, used);
            }
        } finally {
            recorded = -1;
        }
        return new Followed(word, List.copyOf(executions), indexing);
    }

    /** A graph has been launched. */
    void launched(Followed graph) {
        if (graph.indexing.isEmpty() && doubts.isEmpty()) {
            return;
        }
        Doubt own = graph.indexing.isEmpty() ? null : opened(graph.word);
        for (int i = 0; i < graph.executions.size(); i++) {
            doubts.follow(graph.executions.get(i), graph.indexing.get(i) ? own : null);
        }
    }

    /** The host has written these numbers. */
    void uploaded(Buffer target) {
        doubts.written(target, Set.of());
    }

    /**
     * Runs what brings numbers to the host. Where these are wrong for another reason, what the calling thread has not heard yet
     * waits for its next look.
     *
     * @throws ShapeException when they depend on an index outside its axis, or when the calling thread has not heard yet of one
     *     that it launched
     */
    void download(Buffer source, Runnable waiting) {
        look(waiting);
        for (Doubt wrong : doubts.of(source)) {
            String sentence = wrong.sentence();
            if (sentence != null) {
                untold.remove(Thread.currentThread(), sentence);
                throw new ShapeException(sentence);
            }
        }
        tell(untold.remove(Thread.currentThread()));
    }

    /**
     * Runs what waits for the device.
     *
     * @throws ShapeException when the calling thread has not heard yet of an index outside its axis that it launched
     */
    void synchronize(Runnable waiting) {
        look(waiting);
        tell(untold.remove(Thread.currentThread()));
    }

    private static void tell(@Nullable String sentence) {
        if (sentence != null) {
            throw new ShapeException(sentence);
        }
    }

    /** The words come with what is waited for. */
    private void look(Runnable waiting) {
        boolean any = false;
        for (Doubt doubt : open) {
            any |= doubt != null;
        }
        if (!any) {
            waiting.run();
            return;
        }
        context.driver().downloadAsync(read, address, BYTES, context.stream());
        waiting.run();
        for (int word = 0; word < WORDS; word++) {
            Doubt doubt = open[word];
            long said = read.getLong(word * Long.BYTES);
            if (doubt != null && said != NONE) {
                forget(word);
                String sentence = sentence((int) said, (int) (said >> Integer.SIZE));
                doubt.confirm(sentence).forEach(thread -> untold.putIfAbsent(thread, sentence));
            }
            open[word] = null;
        }
        words.clear();
        doubts.settle();
    }

    private void forget(int word) {
        context.driver()
                .uploadAsync(
                        address + (long) word * Long.BYTES, none.slice(0, Long.BYTES), Long.BYTES, context.stream());
    }

    private static String sentence(int index, int size) {
        String which = Math.abs((long) index) == Integer.MAX_VALUE ? "an index" : "index " + index;
        return which + " lies outside an axis of size " + size;
    }
}
