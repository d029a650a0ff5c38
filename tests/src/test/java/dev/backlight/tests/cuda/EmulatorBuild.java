package dev.backlight.tests.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Builds the emulator and the emulated kernels with g++ by {@code build.sh}, into {@code tests/target/cuda-emulator}. What is
 * built is named by a hash of all that it is built from, so that only changes are built again.
 */
final class EmulatorBuild {
    private static final Path ROOT = Path.of(System.getProperty("backlight.root", ".."));
    static final Path SOURCES = ROOT.resolve("tests/src/test/cuda");
    static final Path KERNELS = ROOT.resolve("kernels/src/main/cuda");
    static final Path BUGS = SOURCES.resolve("bugs.cu");
    private static final Path SCRIPT = SOURCES.resolve("build.sh");
    static final Path OUT = ROOT.resolve("tests/target/cuda-emulator");
    private static final String DRIVER_BINDING = "libJCudaDriver-12.6.0-linux-x86_64.so";
    private static final String BLAS_BINDING = "libJCublas2-12.6.0-linux-x86_64.so";
    private static final String DNN_BINDING = "libJCudnn-11.7.0-linux-x86_64.so";

    /** Of what the driver and the replay program are built from, and of what every module includes. */
    private final String base = hash(sources(SOURCES, ".h", ".cpp", ".sh"));

    private final String headers = hash(sources(SOURCES, ".h", ".sh"));

    /** Why nothing can be built here, if so. */
    static Optional<String> impossible() {
        if (!System.getProperty("os.name").equals("Linux")
                || !System.getProperty("os.arch").equals("amd64")) {
            return Optional.of("the CUDA emulator is for Linux on x86-64");
        }
        for (String tool : List.of("g++", "nm", "bash")) {
            if (Stream.of(System.getenv("PATH").split(":"))
                    .noneMatch(folder -> Files.isExecutable(Path.of(folder, tool)))) {
                return Optional.of("the CUDA emulator is built with g++ and binutils, and there is no " + tool);
            }
        }
        return Optional.empty();
    }

    /** The folder of the stand-in {@code libcuda.so.1}. */
    Path driver() {
        Path folder = OUT.resolve("driver-" + base);
        if (!Files.exists(folder.resolve("libcuda.so.1"))) {
            run("driver", folder.toString(), unpacked(DRIVER_BINDING).toString());
        }
        return folder;
    }

    /** A folder with Backlight's kernels and {@code bugs.cu} as emulated modules. */
    Path modules() {
        List<Path> sources = new ArrayList<>(kernelSources());
        sources.add(BUGS);
        return modules("modules", sources);
    }

    /** The shipped kernels, one file per family. */
    static List<Path> kernelSources() {
        return sources(KERNELS, ".cu");
    }

    /** A folder with these sources as emulated modules and nothing else. */
    Path modules(String name, List<Path> sources) {
        Path driver = driver();
        return folderOf(name, sources, source -> module(driver, source));
    }

    private static Path folderOf(String name, List<Path> sources, Function<Path, Path> build) {
        Path folder = emptied(OUT.resolve(name));
        List<Callable<Path>> tasks = sources.stream()
                .map(source -> (Callable<Path>) () -> build.apply(source))
                .toList();
        for (Path built : inParallel(tasks)) {
            try {
                Files.createSymbolicLink(folder.resolve(built.getFileName()), built.toAbsolutePath());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return folder;
    }

    private Path module(Path driver, Path source) {
        Path built = cached(source, ".so");
        if (!Files.exists(built)) {
            run("module", driver.toString(), built.toString(), source.toString(), "-I" + KERNELS);
        }
        return built;
    }

    /** A folder with stand-ins for cuBLAS 13 and cuDNN 9, for which JCuda has no binding. */
    Path newestVendor() {
        Path folder = OUT.resolve("vendor-newest-" + base);
        vendor(folder, "cublas", "13");
        vendor(folder, "cudnn", "9");
        return folder;
    }

    /** A folder with stand-ins for cuBLAS 12 and cuDNN 8, to which JCuda's bindings are linked. */
    Path boundVendor() {
        Path folder = OUT.resolve("vendor-bound-" + base);
        vendor(folder, "cublas", "12", unpacked(BLAS_BINDING).toString());
        vendor(folder, "cudnn", "8", unpacked(DNN_BINDING).toString());
        return folder;
    }

    private void vendor(Path folder, String name, String version, String... binding) {
        if (Files.exists(folder.resolve("lib" + name + ".so." + version))) {
            return;
        }
        List<String> arguments =
                new ArrayList<>(List.of("vendor", driver().toString(), folder.toString(), name, version));
        arguments.addAll(List.of(binding));
        run(arguments.toArray(String[]::new));
    }

    /** A program that repeats recorded launches under {@code address} or {@code thread} sanitizer. */
    Path replay(String sanitizer) {
        created(OUT);
        Path built = OUT.resolve("replay-" + sanitizer + "-" + base);
        if (!Files.exists(built)) {
            run("replay", sanitizer, built.toString());
        }
        return built;
    }

    /** A folder with these sources as modules that the sanitizer watches. */
    Path sanitized(String sanitizer, List<Path> sources) {
        return folderOf("sanitized-" + sanitizer, sources, source -> {
            Path built = cached(source, "-" + sanitizer + ".so");
            if (!Files.exists(built)) {
                run("sanitized", sanitizer, built.toString(), source.toString(), "-I" + KERNELS);
            }
            return built;
        });
    }

    private Path cached(Path source, String suffix) {
        List<Path> parts = new ArrayList<>(List.of(source));
        parts.addAll(sources(source.resolveSibling("."), ".cuh"));
        parts.addAll(sources(KERNELS, ".cuh"));
        String stem = source.getFileName().toString().replace(".cu", "");
        Path folder = OUT.resolve("built");
        created(folder);
        return folder.resolve(stem + "-" + headers + "-" + hash(parts) + suffix);
    }

    static <T> List<T> inParallel(List<Callable<T>> tasks) {
        try (ExecutorService workers = Executors.newFixedThreadPool(2)) {
            List<T> results = new ArrayList<>();
            for (Future<T> result : workers.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** A native half of JCuda, which says what symbols a library must have. */
    private static Path unpacked(String binding) {
        created(OUT);
        Path file = OUT.resolve(binding);
        try (InputStream in = ClassLoader.getSystemResourceAsStream("lib/" + binding)) {
            if (in == null) {
                throw new IllegalStateException("lib/" + binding + " is not on the class path");
            }
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(String... arguments) {
        List<String> command = new ArrayList<>(List.of("bash", SCRIPT.toString()));
        command.addAll(List.of(arguments));
        Finished finished = Finished.of(new ProcessBuilder(command));
        if (finished.status() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ":\n" + finished.output());
        }
    }

    private static List<Path> sources(Path folder, String... endings) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(List<Path> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void created(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path emptied(Path folder) {
        created(folder);
        for (Path file : filesOrLinksIn(folder)) {
            try {
                Files.delete(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return folder;
    }

    static List<Path> filesOrLinksIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
