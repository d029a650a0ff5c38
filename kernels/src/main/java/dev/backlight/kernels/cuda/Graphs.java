package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.Execution;
import dev.backlight.engine.backend.PreparedRun;
import dev.backlight.engine.backend.Storage;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;

/** Records launches instead of making them, and keeps the graphs that result. */
final class Graphs {
    private record Captured(CUgraph graph, Faults.Followed followed) {}

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
     * The graph of what {@code launch} puts into the stream for each execution, none of which is done now.
     *
     * @param written what the executions write
     */
    GraphRun record(List<Execution> executions, Consumer<Execution> launch, Set<Storage> written) {
        synchronized (lock) {
            destroyUnreachable();
            Captured captured = capture(executions, launch);
            CUgraph graph = captured.graph;
            try {
                CUgraphExec ready = context.driver().instantiate(graph);
                GraphRun run = new GraphRun(this, ready, captured.followed, written);
                alive.put(new PhantomReference<>(run, gone), ready);
                return run;
            } finally {
                context.driver().destroy(graph);
            }
        }
    }

    void launch(CUgraphExec graph, Faults.Followed followed) {
        synchronized (lock) {
            context.enter();
            context.driver().launch(graph, context.stream());
            faults.launched(followed);
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
    private Captured capture(List<Execution> executions, Consumer<Execution> launch) {
        Driver driver = context.driver();
        driver.beginCapture(context.stream());
        Faults.Followed followed;
        try {
            followed = faults.record(executions, launch);
        } catch (RuntimeException | Error e) {
            driver.abandonCapture(context.stream());
            throw e;
        }
        return new Captured(driver.endCapture(context.stream()), followed);
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
