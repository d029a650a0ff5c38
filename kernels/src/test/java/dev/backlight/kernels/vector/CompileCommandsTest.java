package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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

    @Test
    void everyRegisterTileIsCompiledEarly() throws IOException {
        Set<String> early = patterns();
        List<String> tiles = classes().stream()
                .filter(name -> name.matches("(Winograd)?Tile\\d\\w*"))
                .toList();
        assertTrue(tiles.size() > 2, "found only " + tiles);
        for (String tile : tiles) {
            assertTrue(early.stream().anyMatch(tile::matches), tile);
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
