package dev.backlight.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The PTX that is checked in is that of the sources beside it, and NVIDIA's assembler takes it. */
class PtxTest {
    private static final Path SOURCES = Path.of("src/main/cuda");
    private static final Path RESULTS = Path.of("src/main/resources/dev/backlight/kernels/cuda");
    private static final Pattern INCLUDE = Pattern.compile("^\\s*#\\s*include\\s*\"([^\"]+)\"", Pattern.MULTILINE);
    private static final Pattern COMPILER = Pattern.compile("release [\\d.]+, V[\\d.]+");

    @BeforeAll
    static void loadAssembler() {
        NativeLibraries.unpackedPrivately(() -> JNvPTXCompiler.setExceptionsEnabled(false));
    }

    static List<String> families() throws IOException {
        return names(SOURCES, ".cu");
    }

    private static List<String> names(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(suffix))
                    .map(name -> name.substring(0, name.length() - suffix.length()))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void everySourceHasItsPtxAndNoPtxIsLeftOver() throws IOException {
        assertEquals(families(), names(RESULTS, ".ptx"));
        assertEquals(families(), names(RESULTS, ".sha256"));
    }

    @ParameterizedTest
    @MethodSource("families")
    void stampIsThatOfTheSources(String family) throws IOException {
        TreeSet<String> sources = new TreeSet<>();
        collect(family + ".cu", sources);
        StringBuilder expected = new StringBuilder();
        for (String name : sources) {
            expected.append(sha256(SOURCES.resolve(name)))
                    .append("  ")
                    .append(name)
                    .append('\n');
        }
        assertEquals(
                expected.toString(),
                Files.readString(RESULTS.resolve(family + ".sha256")),
                "the sources have changed since the PTX was made; run kernels/ptx.sh");
    }

    private static void collect(String name, Set<String> found) throws IOException {
        if (found.add(name)) {
            List<String> included = INCLUDE.matcher(Files.readString(SOURCES.resolve(name)))
                    .results()
                    .map(result -> result.group(1))
                    // What only the emulator has is not among the sources.
                    .filter(file -> Files.exists(SOURCES.resolve(file)))
                    .toList();
            for (String file : included) {
                collect(file, found);
            }
        }
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void assemblesForAmpereAndHopper(String family) throws IOException {
        byte[] ptx = Files.readAllBytes(RESULTS.resolve(family + ".ptx"));
        for (String architecture : List.of("sm_80", "sm_90")) {
            assertEquals("", assemble(ptx, architecture), family + " for " + architecture);
        }
    }

    @Test
    void assemblerRefusesWhatIsNoPtx() {
        assertTrue(assemble(
                        ".version 7.0\n.target sm_80\n.address_size 64\n nonsense".getBytes(StandardCharsets.US_ASCII),
                        "sm_80")
                .contains("nonsense"));
    }

    /** What the assembler has to say, nothing if all is well. */
    private static String assemble(byte[] ptx, String architecture) {
        nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
        byte[] terminated = Arrays.copyOf(ptx, ptx.length + 1);
        assertEquals(0, JNvPTXCompiler.nvPTXCompilerCreate(compiler, terminated.length, terminated));
        try {
            // The least optimisation: what is asked is whether it assembles.
            int result = JNvPTXCompiler.nvPTXCompilerCompile(
                    compiler, 2, new String[] {"--gpu-name=" + architecture, "--opt-level=0"});
            long[] size = new long[1];
            JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(compiler, size);
            byte[] log = new byte[(int) size[0] + 1];
            JNvPTXCompiler.nvPTXCompilerGetErrorLog(compiler, log);
            return result == 0 ? "" : result + ": " + new String(log, StandardCharsets.UTF_8);
        } finally {
            JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
        }
    }

    @Test
    void sameCompilerGivesTheSameBytes(@TempDir Path folder) throws IOException, InterruptedException {
        Optional<String> here = compilerHere();
        assumeTrue(here.isPresent(), "nvcc is not installed here");
        for (String family : families()) {
            String checkedIn = Files.readString(RESULTS.resolve(family + ".ptx"));
            String version = COMPILER.matcher(checkedIn)
                    .results()
                    .map(MatchResult::group)
                    .findFirst()
                    .orElse("none");
            assumeTrue(
                    here.get().equals(version), "nvcc is " + here.get() + " here, but " + family + " is of " + version);
        }
        ProcessBuilder script = new ProcessBuilder("./ptx.sh").inheritIO();
        script.environment().put("OUT", folder.toString());
        assertEquals(0, script.start().waitFor());
        for (String family : families()) {
            assertEquals(
                    -1,
                    Files.mismatch(RESULTS.resolve(family + ".ptx"), folder.resolve(family + ".ptx")),
                    family + ".ptx differs from what kernels/ptx.sh makes now");
        }
    }

    private static Optional<String> compilerHere() throws InterruptedException {
        try {
            Process process = new ProcessBuilder("nvcc", "--version")
                    .redirectErrorStream(true)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(10, TimeUnit.SECONDS);
            return COMPILER.matcher(text).results().map(MatchResult::group).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
