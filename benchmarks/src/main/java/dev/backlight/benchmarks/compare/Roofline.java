package dev.backlight.benchmarks.compare;

import dev.backlight.benchmarks.LayerProfile;
import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Subject;
import dev.backlight.benchmarks.contest.Workload;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import java.io.IOException;
import java.nio.file.Path;
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
        Job job = new Job(Workload.FORWARD, "resnet50", 1, 224, THREADS);
        LayerProfile profile = new LayerProfile(Backends.best(THREADS));
        Layer network = Subject.network(profile, job);
        Tensor images = Subject.images(profile, job);
        run(network, images, WARM_UP);
        profile.reset();
        for (int i = 0; i < RUNS; i++) {
            run(network, images, 1);
            profile.nextRun();
        }
        List<LayerTime> layers = profile.layers().stream()
                .map(layer -> new LayerTime(
                        layer.path(),
                        layer.what(),
                        layer.flop(),
                        layer.bytes(),
                        Statistics.median(layer.milliseconds())))
                .toList();
        figures.write("layers", layers);
        figures.write("ceilings", List.of(Ceilings.measure(THREADS)));
        new PerformancePage(figures).write();
    }

    private static void run(Layer network, Tensor images, int times) {
        for (int i = 0; i < times; i++) {
            try (Scope scope = Scope.open()) {
                network.apply(images);
            }
        }
    }
}
