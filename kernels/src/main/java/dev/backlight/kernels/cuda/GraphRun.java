package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.PreparedRun;
import dev.backlight.engine.backend.Storage;
import java.util.List;
import java.util.Set;
import jcuda.driver.CUgraphExec;

/** Launches recorded once and submitted as one CUDA graph. */
final class GraphRun implements PreparedRun {
    private final Graphs graphs;
    private final CUgraphExec graph;
    private final Set<Storage> written;

    /** Memory between the launches of one primitive; held as long as the graph names it. */
    @SuppressWarnings("UnusedVariable")
    private final List<Storage> between;

    GraphRun(Graphs graphs, CUgraphExec graph, Set<Storage> written, List<Storage> between) {
        this.graphs = graphs;
        this.graph = graph;
        this.written = written;
        this.between = between;
    }

    @Override
    public void run() {
        graphs.launch(graph);
        written.forEach(Storage::written);
    }

    @Override
    public void close() {
        graphs.destroy(graph);
    }
}
