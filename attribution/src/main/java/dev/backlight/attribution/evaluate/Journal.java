package dev.backlight.attribution.evaluate;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.engine.shape.ModelFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A file to which rows are appended as they are found, one JSON object per line after a line with the settings they were
 * found under. Opening it again reads them back; a line that an interruption cut short is dropped.
 */
public final class Journal implements AutoCloseable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Path file;
    private final FileChannel channel;
    private final List<Row> rows = new ArrayList<>();
    private final Set<List<String>> finished = new HashSet<>();

    private record Header(@Nullable Map<String, String> settings) {}

    private Journal(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens a journal or begins one, with its folder.
     *
     * @param settings everything that the rows depend on, by name
     * @throws BacklightException when the file cannot be read and written, is being written by another run, or holds
     *     rows found under other settings
     * @throws ModelFormatException when it is no journal
     */
    public static Journal open(Path file, Map<String, String> settings) {
        try {
            Files.createDirectories(file.toAbsolutePath().resolveSibling("."));
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Journal journal = new Journal(file, channel);
            try {
                journal.resume(new TreeMap<>(settings));
                return journal;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** All rows, in the order in which they were found. */
    public List<Row> rows() {
        return Collections.unmodifiableList(rows);
    }

    /** Whether the row is there. */
    public boolean has(String method, String image, String fills) {
        return finished.contains(List.of(method, image, fills));
    }

    /** Appends the rows that are not there yet; when this returns they are on the disk. */
    public void append(List<Row> found) {
        List<Row> fresh = found.stream().filter(this::register).toList();
        StringBuilder lines = new StringBuilder();
        try {
            for (Row row : fresh) {
                lines.append(MAPPER.writeValueAsString(row)).append('\n');
            }
            write(lines.toString());
        } catch (IOException e) {
            throw unusable(file, e);
        }
        rows.addAll(fresh);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    private void resume(Map<String, String> settings) throws IOException {
        lock();
        byte[] bytes = Files.readAllBytes(file);
        String header = MAPPER.writeValueAsString(new Header(settings)) + "\n";
        // cut before decoding, since an interruption may have split a character
        int whole = bytes.length;
        while (whole > 0 && bytes[whole - 1] != '\n') {
            whole--;
        }
        if (whole == 0) {
            begin(header, bytes);
            return;
        }
        List<String> lines =
                new String(bytes, 0, whole, StandardCharsets.UTF_8).lines().toList();
        requireSame(parseHeader(lines.getFirst()), settings);
        for (int i = 1; i < lines.size(); i++) {
            Row row = parse(lines.get(i), i + 1, Row.class);
            if (register(row)) {
                rows.add(row);
            }
        }
        channel.truncate(whole);
        channel.position(whole);
    }

    /** Writes the first line of a file that is empty or holds no more than a part of that line. */
    private void begin(String header, byte[] found) throws IOException {
        byte[] expected = header.getBytes(StandardCharsets.UTF_8);
        if (found.length > expected.length || !Arrays.equals(found, 0, found.length, expected, 0, found.length)) {
            throw new ModelFormatException(noJournal(1, "it has no header"));
        }
        channel.truncate(0);
        channel.position(0);
        write(header);
    }

    /** Held until the channel is closed. */
    private void lock() throws IOException {
        if (!isLocked()) {
            throw new BacklightException(
                    "another run is writing " + file + "; wait for its end or write to another folder");
        }
    }

    private boolean isLocked() throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    private boolean register(Row row) {
        return finished.add(List.of(row.method(), row.image(), row.fills()));
    }

    private <T> T parse(String line, int number, Class<T> type) {
        try {
            return MAPPER.readValue(line, type);
        } catch (JacksonException e) {
            throw new ModelFormatException(noJournal(number, e.getOriginalMessage()), e);
        }
    }

    private Map<String, String> parseHeader(String line) {
        Map<String, String> settings = parse(line, 1, Header.class).settings();
        if (settings == null) {
            throw new ModelFormatException(noJournal(1, "it has no settings"));
        }
        return settings;
    }

    private String noJournal(int line, String why) {
        return file + ", line " + line + ": this is no line of an evaluation's journal: " + why;
    }

    private void requireSame(Map<String, String> before, Map<String, String> now) {
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(now.keySet());
        for (String name : names) {
            String old = before.getOrDefault(name, "nothing");
            String wanted = now.getOrDefault(name, "nothing");
            if (!old.equals(wanted)) {
                throw new BacklightException(
                        file + " holds results found with " + name + " = " + old + ", but this run has " + wanted
                                + "; resume with the same settings or write to another folder");
            }
        }
    }

    private void write(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(false);
    }

    private static BacklightException unusable(Path file, IOException e) {
        return new BacklightException("cannot keep a journal in " + file + ": " + e.getMessage(), e);
    }
}
