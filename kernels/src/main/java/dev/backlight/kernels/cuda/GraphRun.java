package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.PreparedRun;
import dev.backlight.engine.backend.Storage;
import java.util.Set;
import jcuda.driver.CUgraphExec;

/** Launches recorded once and submitted as one CUDA graph. */
final class GraphRun implements PreparedRun {
    private final Graphs graphs;
    private final CUgraphExec graph;
    private final Faults.Followed followed;
    private final Set<Storage> written;

    GraphRun(Graphs graphs, CUgraphExec graph, Faults.Followed followed, Set<Storage> written) {
        this.graphs = graphs;
        this.graph = graph;
        this.followed = followed;
        this.written = written;
    }

    @Override
    public void run() {
        graphs.launch(graph, followed);
        written.forEach(Storage::written);
    }

    @Override
    public void close() {
        graphs.destroy(graph);
    }
}
