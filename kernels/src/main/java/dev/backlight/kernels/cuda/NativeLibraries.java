package dev.backlight.kernels.cuda;

import dev.backlight.engine.shape.DeviceException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Loads JCuda's native halves. */
final class NativeLibraries {
    private static final String DRIVER = "libcuda.so.1";
    private static final String TEMPORARY_FOLDER = "java.io.tmpdir";

    private NativeLibraries() {}

    /** Why NVIDIA's driver cannot be loaded; asks the system's loader alone, so it costs nothing where there is none. */
    @SuppressWarnings("restricted") // only asks whether the library is there
    static Optional<String> driverMissing() {
        String os = System.getProperty("os.name");
        String arch = System.getProperty("os.arch");
        if (!os.equals("Linux") || !arch.equals("amd64")) {
            return Optional.of("CUDA is supported on Linux on x86-64, but this is " + os + " on " + arch);
        }
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(DRIVER, arena);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("NVIDIA's driver is not installed (" + DRIVER + " cannot be loaded)");
        }
    }

    /**
     * Runs what makes JCuda load a library. JCuda unpacks it to a fixed name in the folder for temporary files and never
     * overwrites what is there, be it of another version or cut short; so it is given a folder of its own meanwhile. Once
     * loaded, the file is not needed any more.
     */
    static synchronized void unpackedPrivately(Runnable loading) {
        String before = System.getProperty(TEMPORARY_FOLDER);
        Path folder = newFolder();
        System.setProperty(TEMPORARY_FOLDER, folder.toString());
        try {
            loading.run();
        } finally {
            System.setProperty(TEMPORARY_FOLDER, before);
            remove(folder);
        }
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("backlight-cuda");
        } catch (IOException e) {
            throw new DeviceException(
                    "CUDA's Java binding cannot be unpacked into the folder for temporary files ("
                            + System.getProperty(TEMPORARY_FOLDER) + "): make room there or name another one with"
                            + " -Djava.io.tmpdir=DIR",
                    e);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            System.getLogger(NativeLibraries.class.getName())
                    .log(System.Logger.Level.DEBUG, "{0} could not be removed: {1}", folder, e);
        }
    }
}
