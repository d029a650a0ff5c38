package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The launcher's commands to the JIT compiler name classes: a class that is renamed or added must not be forgotten there. */
class CompileCommandsTest {
    private static final Path COMMANDS = Path.of("src/main/jvm/compile-commands");
    private static final Path SOURCES = Path.of("src/main/java/dev/backlight/kernels/vector");
    private static final Pattern COMMAND = Pattern.compile(
            "CompileThresholdScaling,dev\\.backlight\\.kernels\\.vector\\.([\\w*]+)(\\$\\w+)?::\\*,0\\.02");

    @Test
    void everyCommandNamesClassesThatAreThere() throws IOException {
        Set<String> classes = classes();
        for (String pattern : patterns()) {
            assertTrue(classes.stream().anyMatch(name -> name.matches(pattern)), pattern);
        }
    }

    /** Until C2 has compiled a loop over vectors, each vector is an object. */
    @Test
    void everyClassOfVectorLoopsIsCompiledEarly() throws IOException {
        Set<String> early = patterns();
        List<String> loops =
                classes().stream().filter(CompileCommandsTest::hasVectors).toList();
        assertTrue(loops.size() > 20, "found only " + loops);
        for (String name : loops) {
            assertTrue(early.stream().anyMatch(name::matches), name);
        }
    }

    private static boolean hasVectors(String name) {
        try {
            return Files.readString(SOURCES.resolve(name + ".java")).contains("Vector.fromArray(");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> patterns() throws IOException {
        return commands().stream()
                .map(command -> command.group(1).replace("*", ".*"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Matcher> commands() throws IOException {
        List<String> lines = Files.readAllLines(COMMANDS);
        assertEquals("quiet", lines.getFirst(), "the JVM prints each command unless it is told to be quiet first");
        List<Matcher> commands = lines.stream().skip(1).map(COMMAND::matcher).toList();
        for (int i = 0; i < commands.size(); i++) {
            assertTrue(commands.get(i).matches(), lines.get(i + 1));
        }
        return commands;
    }

    private static Set<String> classes() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
