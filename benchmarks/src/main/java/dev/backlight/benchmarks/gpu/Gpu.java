package dev.backlight.benchmarks.gpu;

import dev.backlight.benchmarks.contest.Job;
import dev.backlight.benchmarks.contest.Workload;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.kernels.cuda.DeviceTimer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program behind {@code benchmarks/gpu.sh}. */
@Command(
        name = "gpu",
        mixinStandardHelpOptions = true,
        description = "Measures the CUDA backend on this machine's GPU.")
public final class Gpu implements Callable<Integer> {
    private static final int SIDE = 224;

    @Option(names = "--check", description = "Only say which GPU there is, or why there is none.")
    private boolean check;

    @Option(names = "--fingerprints", paramLabel = "FILE", description = "Only write what jobs compute, as words.")
    private @Nullable Path fingerprints;

    @Option(names = "--kernels-once", description = "Only run every kernel once, as for a sanitizer.")
    private boolean kernelsOnce;

    @Option(
            names = "--kernels",
            paramLabel = "TEXT",
            description = "Only kernels whose name contains this (default: all).")
    private String kernels = "";

    @Option(names = "--pytorch", paramLabel = "FILE", description = "What gpu_torch.py measured.")
    private @Nullable Path pytorch;

    @Option(names = "--out", paramLabel = "FILE", description = "Where the tables go (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("docs/performance-gpu.md");

    @Option(names = "--networks", split = ",", description = "Networks of the zoo (default: ${DEFAULT-VALUE}).")
    private List<String> networks = List.of("resnet18", "resnet50", "vgg16", "densenet121");

    @Option(names = "--batches", split = ",", description = "Images at once (default: ${DEFAULT-VALUE}).")
    private List<Integer> batches = List.of(1, 8, 64);

    @Option(names = "--vendor", description = "Also measure kernels by cuBLAS and cuDNN, which must be installed.")
    private boolean vendor;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Gpu())
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    if (e instanceof BacklightException) {
                        System.err.println("gpu: " + e.getMessage());
                        return 2;
                    }
                    throw e;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        PrintStream log = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        Backend f32 = Backends.named("cuda", 1);
        if (check) {
            log.println("gpu: " + DeviceTimer.of(f32).deviceName());
        } else if (fingerprints != null) {
            Files.write(
                    fingerprints,
                    Fingerprints.of(f32, jobs(List.of(2))).entrySet().stream()
                            .map(entry -> entry.getKey() + " " + entry.getValue())
                            .toList());
        } else if (kernelsOnce) {
            new KernelTable(f32, null, null).once(kernels);
            new KernelTable(Backends.named("cuda", 1, Map.of("precision", "tf32")), null, null).once(kernels);
        } else {
            Backend tf32 = Backends.named("cuda", 1, Map.of("precision", "tf32"));
            Backend libraries = vendor ? Backends.named("cuda", 1, Map.of("vendor", "require")) : null;
            String first =
                    GpuPage.heading(DeviceTimer.of(f32)) + new KernelTable(f32, tf32, libraries).markdown(kernels, log);
            // What has been measured is kept, should what follows fail.
            Files.writeString(out, first);
            Files.writeString(
                    out, first + new NetworkTable(f32, tf32, Pytorch.read(pytorch)).markdown(jobs(batches), log));
            log.println("written: " + out);
        }
        return 0;
    }

    private List<Job> jobs(List<Integer> of) {
        List<Job> jobs = new ArrayList<>();
        for (String network : networks) {
            for (Workload workload : List.of(Workload.FORWARD, Workload.INPUT_GRADIENT, Workload.RULE_STEP)) {
                of.forEach(batch -> jobs.add(new Job(workload, network, batch, SIDE, 1)));
            }
        }
        return jobs;
    }
}
