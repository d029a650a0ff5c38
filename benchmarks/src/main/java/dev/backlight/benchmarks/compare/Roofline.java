package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.LayerProfile;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Subject;
import dev.backlight.benchmarks.contest.Workload;
import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Measures each layer of ResNet-50 against the machine's ceilings, and rewrites the page. Argument: folder, optional. */
public final class Roofline {
    private static final int THREADS = 2;
    private static final int WARM_UP = 100;
    private static final int RUNS = 51;

    private Roofline() {}

    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        Path standard = Path.of(System.getProperty("backlight.root", "."), "docs", "performance");
        Figures figures = new Figures(arguments.length > 0 ? Path.of(arguments[0]) : standard);
        figures.write("machine", List.of(Machine.here()));
        List<LayerTime> alone = layers(new Job(Workload.FORWARD, "resnet50", 1, 224, 1));
        List<LayerTime> together = layers(new Job(Workload.FORWARD, "resnet50", 1, 224, THREADS));
        List<LayerTime> layers = new ArrayList<>();
        for (int i = 0; i < together.size(); i++) {
            layers.add(together.get(i).beside(alone.get(i)));
        }
        figures.write("layers", layers);
        figures.write("ceilings", List.of(Ceilings.measure(THREADS)));
        new PerformancePage(figures).write();
    }

    /** A replayed forward pass. Programs do not know layers' names: an eager pass, whose order is the same, gives them. */
    static List<LayerTime> layers(Job job) {
        LayerProfile profile = new LayerProfile(Backends.best(job.threads()));
        Layer network = Subject.network(profile, job);
        Tensor images = Subject.images(profile, job);
        profile.reset();
        try (Scope scope = Scope.open()) {
            network.apply(images);
        }
        Deque<String> paths = new ArrayDeque<>();
        profile.layers().stream().filter(layer -> layer.work().isLayer()).forEach(layer -> paths.add(layer.path()));
        TensorProgram program;
        try (Recording recording = Recording.open()) {
            program = recording.program(List.of(network.apply(recording.inputLike(images))));
        }
        for (int i = 0; i < WARM_UP + RUNS; i++) {
            if (i == 0 || i == WARM_UP) {
                // The first run also computes what is constant.
                run(program, images);
                profile.reset();
            }
            run(program, images);
            profile.nextRun();
        }
        return named(profile.layers(), paths);
    }

    private static void run(TensorProgram program, Tensor images) {
        try (Scope scope = Scope.open()) {
            program.run(List.of(images));
        }
    }

    private static List<LayerTime> named(List<LayerProfile.Layer> layers, Deque<String> paths) {
        long count = layers.stream().filter(layer -> layer.work().isLayer()).count();
        if (count != paths.size()) {
            throw new IllegalStateException(
                    "a replay has " + count + " convolutions and products, the eager pass " + paths.size());
        }
        List<LayerTime> times = new ArrayList<>();
        for (LayerProfile.Layer layer : layers) {
            String path = layer.work().isLayer() ? paths.remove() : "";
            times.add(LayerTime.of(path, layer.work(), Statistics.median(layer.milliseconds())));
        }
        return times;
    }
}
