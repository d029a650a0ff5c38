package dev.backlight.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Long commands that are interrupted lose nothing, leave no half-written file, and end as if nothing had happened. */
class ResumeTest {
    private static final int[] TYPES = {
        BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_ARGB
    };

    @TempDir
    private Path folder;

    private String[] train(Path out) throws IOException {
        Path data = folder.resolve("digits");
        if (!Files.exists(data)) {
            Samples.digits(data, 40, 10);
        }
        return Shell.line("train --threads 1 --network resnet20 --epochs 2 --batch 10 --data", data, "--out", out)
                .toArray(String[]::new);
    }

    @Test
    void trainingGoesOnToTheSameModel() throws IOException {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        Shell.succeed(train(whole));
        Shell interrupted = Shell.interruptedAfter("epoch 1/2");
        assertEquals(ExitCode.INTERRUPTED, interrupted.run(train(parts)), interrupted::err);
        assertTrue(interrupted.err().contains("run the same command again"), interrupted::err);
        assertNothingHalfWritten(parts);
        Shell resumed = Shell.succeed(train(parts));
        assertTrue(resumed.err().contains("going on after step"), resumed::err);
        assertArrayEquals(
                Files.readAllBytes(whole.resolve("model.safetensors")),
                Files.readAllBytes(parts.resolve("model.safetensors")));
        assertTrue(Files.readString(parts.resolve("model-card.json")).contains("testAccuracy"));
    }

    @Test
    void evaluationGoesOnToTheSameTable() throws IOException {
        Path model = Samples.model(folder);
        Path pictures = folder.resolve("pictures");
        for (int i = 0; i < 3; i++) {
            Samples.png(pictures.resolve(i + ".png"), Samples.picture(TYPES[i]));
        }
        List<String> line = Shell.line(
                "evaluate --threads 1 --batch 2 --methods guided,saliency --model", model, "--data", pictures, "--out");
        String whole = evaluated(line, folder.resolve("whole"));
        String[] parts = Stream.concat(
                        line.stream(), Stream.of(folder.resolve("parts").toString()))
                .toArray(String[]::new);
        for (int interruptions = 0; interruptions < 2; interruptions++) {
            Shell shell = Shell.interruptedAfter("");
            assertEquals(ExitCode.INTERRUPTED, shell.run(parts), shell::err);
            assertTrue(shell.err().contains("run the same command again"), shell::err);
            assertNothingHalfWritten(folder.resolve("parts"));
        }
        assertEquals(whole, evaluated(line, folder.resolve("parts")));
    }

    /** The table without the times. */
    private static String evaluated(List<String> line, Path out) throws IOException {
        Shell.succeed(Stream.concat(line.stream(), Stream.of(out.toString())).toArray(String[]::new));
        return Files.readString(out.resolve("table.csv")).replaceAll(",[^,]*\n", "\n");
    }

    private static void assertNothingHalfWritten(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of(),
                    files.filter(file -> file.toString().endsWith(".part")).toList());
        }
    }
}
