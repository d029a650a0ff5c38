package dev.backlight.models.weights;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.io.Npz;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.engine.shape.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of weights, changed at random, are read or refused in one sentence. Archives are changed inside, so that the pickle
 * and the arrays are met and not only the checksums around them. {@code -Dbacklight.fuzz=20000} is the long run.
 */
class WeightFuzzTest {
    private static final int CASES = Integer.getInteger("backlight.fuzz", 500);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LONGEST_SENTENCE = 2000;

    @TempDir
    private Path folder;

    /** A sound file: entries of an archive, or one without a name. */
    private record Seed(String name, SequencedMap<String, byte[]> entries) {}

    @Test
    void everyChangedFileIsReadOrRefusedInOneSentence() throws IOException {
        List<Seed> seeds = List.of(safetensors(), npz(), zip(), legacy());
        for (Seed seed : seeds) {
            assertEquals(2, WeightFile.read(write(seed.entries())).size(), seed.name());
        }
        List<String> faults = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < CASES; i++) {
            Seed seed = seeds.get(i % seeds.size());
            Path file = write(changed(seed.entries(), new Random(i)));
            int number = i;
            String outcome = assertTimeoutPreemptively(LIMIT, () -> outcome(file), () -> "case " + number + " hangs");
            refused += outcome.startsWith("refused") ? 1 : 0;
            if (outcome.startsWith("fault")) {
                faults.add("case " + i + " (" + seed.name() + "): " + outcome);
            }
        }
        System.out.printf("fuzzer of weights: %d cases, %d refused, %d faults%n", CASES, refused, faults.size());
        assertTrue(faults.isEmpty(), () -> String.join("\n", faults));
        assertTrue(refused > CASES / 10 && refused < CASES, "both sound and damaged files occur");
    }

    private static String outcome(Path file) {
        try {
            WeightFile.read(file);
            return "read";
        } catch (BacklightException e) {
            String message = String.valueOf(e.getMessage());
            boolean isSentence = message.length() > 20
                    && message.length() < LONGEST_SENTENCE
                    && message.chars().noneMatch(Character::isISOControl);
            return isSentence ? "refused" : "fault, not a sentence: " + message;
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            StackTraceElement[] trace = e.getStackTrace();
            return "fault " + e + (trace.length > 0 ? " at " + trace[0] : "");
        }
    }

    private Path write(SequencedMap<String, byte[]> entries) throws IOException {
        Path file = folder.resolve("weights");
        if (entries.containsKey("")) {
            return Files.write(file, entries.firstEntry().getValue());
        }
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return file;
    }

    private static SequencedMap<String, byte[]> changed(SequencedMap<String, byte[]> entries, Random random) {
        SequencedMap<String, byte[]> changed = new LinkedHashMap<>(entries);
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            // The first entry, where the others are described, more often.
            List<String> names = List.copyOf(changed.keySet());
            String name = names.get(random.nextBoolean() ? 0 : random.nextInt(names.size()));
            changed.computeIfPresent(name, (key, bytes) -> changed(bytes, random));
        }
        return changed;
    }

    private static final long[] EXTREMES = {
        -1, 0, 1, 255, 1L << 31, 1L << 40, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
    };

    private static byte[] changed(byte[] original, Random random) {
        if (original.length == 0) {
            return original;
        }
        byte[] bytes = original.clone();
        int at = random.nextInt(bytes.length);
        int end = Math.min(bytes.length, at + 1 + random.nextInt(16));
        switch (random.nextInt(8)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt(256);
            case 2 -> bytes[at] = "(t}]u.RQbcaes2h1N0)l".getBytes(UTF_8)[random.nextInt(20)];
            case 3 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 4 -> {
                return joined(bytes, 0, end, at, bytes.length);
            }
            case 5 -> {
                return joined(bytes, 0, at, end, bytes.length);
            }
            case 6 -> {
                return withExtreme(bytes, at, EXTREMES[random.nextInt(EXTREMES.length)]);
            }
            default -> {
                return withExtremeDigits(bytes, at, EXTREMES[random.nextInt(EXTREMES.length)]);
            }
        }
        return bytes;
    }

    /** The next integer of 32 bits in a pickle becomes one of 64; elsewhere eight bytes become another number. */
    private static byte[] withExtreme(byte[] bytes, int from, long value) {
        byte[] number = ByteBuffer.allocate(10)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0x8a)
                .put((byte) 8)
                .putLong(value)
                .array();
        for (int at = from; at + 5 <= bytes.length; at++) {
            if (bytes[at] == 'J') {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                out.write(bytes, 0, at);
                out.writeBytes(number);
                out.write(bytes, at + 5, bytes.length - at - 5);
                return out.toByteArray();
            }
        }
        byte[] changed = bytes.clone();
        System.arraycopy(number, 2, changed, Math.max(0, from - 8), Math.min(8, bytes.length - Math.max(0, from - 8)));
        return changed;
    }

    /** The next run of digits in text becomes another number. */
    private static byte[] withExtremeDigits(byte[] bytes, int from, long value) {
        int start = from;
        while (start < bytes.length && !Character.isDigit(bytes[start])) {
            start++;
        }
        int end = start;
        while (end < bytes.length && Character.isDigit(bytes[end])) {
            end++;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, start);
        out.writeBytes(Long.toString(value).getBytes(UTF_8));
        out.write(bytes, end, bytes.length - end);
        return out.toByteArray();
    }

    private static byte[] joined(byte[] bytes, int from, int to, int again, int end) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, from, to - from);
        out.write(bytes, again, end - again);
        return out.toByteArray();
    }

    private static StateDict state() {
        return StateDict.of(List.of(
                NamedArray.of("conv.weight", Shape.of(2, 1, 2), 1f, 2, 3, 4), NamedArray.of("steps", Shape.of(1), 7L)));
    }

    private Seed safetensors() throws IOException {
        Path file = folder.resolve("seed");
        Safetensors.write(file, state(), Map.of("format", "pt"));
        return new Seed("safetensors", single(Files.readAllBytes(file)));
    }

    private Seed npz() throws IOException {
        Path file = folder.resolve("seed");
        Npz.write(file, state().arrays().values());
        return new Seed("npz", entries(file));
    }

    private Seed zip() throws IOException {
        Path file = folder.resolve("seed");
        PytorchWriter.write(file, state());
        return new Seed("pth", entries(file));
    }

    /** As torch.save wrote before version 1.6. */
    private static Seed legacy() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] magic = {0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50, 0x19};
        PickleWriter first = new PickleWriter().op(0x8a, magic.length);
        for (byte part : magic) {
            first.op(part & 0xff);
        }
        out.writeBytes(first.finish());
        out.writeBytes(new PickleWriter().number(1001).finish());
        out.writeBytes(new PickleWriter()
                .op('}', '(')
                .text("little_endian")
                .op(0x88, 'u')
                .finish());
        out.writeBytes(new PickleWriter()
                .beginOrderedDict()
                .tensor("a", "FloatStorage", "0", 4, 0, new int[] {2, 2}, new int[] {1, 2})
                .tensor("b", "FloatStorage", "0", 4, 1, new int[] {3}, new int[] {1})
                .endItems()
                .finish());
        out.writeBytes(new PickleWriter().op(']').text("0").op('a').finish());
        ByteBuffer numbers =
                ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putLong(4);
        out.writeBytes(numbers.putFloat(1).putFloat(2).putFloat(3).putFloat(4).array());
        return new Seed("old pth", single(out.toByteArray()));
    }

    private static SequencedMap<String, byte[]> single(byte[] content) {
        return new LinkedHashMap<>(Map.of("", content));
    }

    private static SequencedMap<String, byte[]> entries(Path file) throws IOException {
        SequencedMap<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
                try (InputStream in = zip.getInputStream(entry)) {
                    entries.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        return entries;
    }
}
