package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.PreparedRun;
import dev.backlight.engine.backend.Storage;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;

/** Records launches instead of making them, and keeps the graphs that result. */
final class Graphs {
    private final Context context;

    /** Guards the stream: what others put there must not become part of a recording. */
    private final Object lock;

    private final Faults faults;

    private final ReferenceQueue<PreparedRun> gone = new ReferenceQueue<>();

    /** By the reference that tells when nobody can run the graph any more. */
    private final Map<Reference<? extends PreparedRun>, CUgraphExec> alive = new HashMap<>();

    Graphs(Context context, Object lock, Faults faults) {
        this.context = context;
        this.lock = lock;
        this.faults = faults;
    }

    /**
     * The graph of what {@code launches} puts into the stream, none of which is done now.
     *
     * @param written what the launches write
     */
    GraphRun record(Runnable launches, Set<Storage> written) {
        synchronized (lock) {
            destroyUnreachable();
            CUgraph graph = capture(launches);
            try {
                CUgraphExec ready = context.driver().instantiate(graph);
                GraphRun run = new GraphRun(this, ready, written);
                alive.put(new PhantomReference<>(run, gone), ready);
                return run;
            } finally {
                context.driver().destroy(graph);
            }
        }
    }

    void launch(CUgraphExec graph) {
        synchronized (lock) {
            context.enter();
            context.driver().launch(graph, context.stream());
            faults.expect();
        }
    }

    void destroy(CUgraphExec graph) {
        synchronized (lock) {
            if (alive.values().remove(graph)) {
                context.enter();
                context.driver().destroy(graph);
            }
        }
    }

    /** The stream must leave the recording also after a failure, which is what the caller then hears of. */
    private CUgraph capture(Runnable launches) {
        Driver driver = context.driver();
        driver.beginCapture(context.stream());
        try {
            launches.run();
        } catch (RuntimeException | Error e) {
            driver.abandonCapture(context.stream());
            throw e;
        }
        return driver.endCapture(context.stream());
    }

    private void destroyUnreachable() {
        for (Reference<?> one = gone.poll(); one != null; one = gone.poll()) {
            CUgraphExec graph = alive.remove(one);
            if (graph != null) {
                context.driver().destroy(graph);
            }
        }
    }
}
