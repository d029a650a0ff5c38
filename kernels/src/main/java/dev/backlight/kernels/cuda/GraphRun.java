package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.PreparedRun;
import dev.backlight.engine.backend.Storage;
import java.util.Set;
import jcuda.driver.CUgraphExec;

/** Launches recorded once and submitted as one CUDA graph. */
final class GraphRun implements PreparedRun {
    private final Graphs graphs;
    private final CUgraphExec graph;
    private final Set<Storage> written;

    GraphRun(Graphs graphs, CUgraphExec graph, Set<Storage> written) {
        this.graphs = graphs;
        this.graph = graph;
        this.written = written;
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
