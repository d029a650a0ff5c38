package dev.backlight.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.UnaryFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The kernels' lists of functions repeat the engine's. */
class FunctionCodesTest {
    private static final Path SOURCE = Path.of("src", "main", "cuda", "functions.cuh");

    @Test
    void functionsStandInTheEnginesOrder() throws IOException {
        assertEquals(names(UnaryFunction.values()), listed("UnaryFunction"));
        assertEquals(names(BinaryFunction.values()), listed("BinaryFunction"));
    }

    private static List<String> names(Enum<?>[] constants) {
        return Arrays.stream(constants).map(Enum::name).toList();
    }

    private static List<String> listed(String enumeration) throws IOException {
        Matcher list = Pattern.compile("enum " + enumeration + " \\{([^}]*)}").matcher(Files.readString(SOURCE));
        assertTrue(list.find(), enumeration + " is not in " + SOURCE);
        return Pattern.compile("\\w+")
                .matcher(list.group(1).replaceAll("//.*", ""))
                .results()
                .map(MatchResult::group)
                // A name of its own, for enumerators of C++ share one space.
                .map(name -> name.equals("POWER_OF") ? BinaryFunction.POWER.name() : name)
                .toList();
    }
}
