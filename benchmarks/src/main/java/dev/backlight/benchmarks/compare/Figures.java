package dev.backlight.benchmarks.compare;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The raw figures: lists of records in JSON files of one folder, from which the tables are made. */
final class Figures {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path folder;

    Figures(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    static <T> T parse(String json, Class<T> type) throws IOException {
        return JSON.readValue(json, type);
    }

    /** What was measured so far; nothing where there is no file. */
    <T> List<T> read(String name, Class<T> type) throws IOException {
        Path file = folder.resolve(name + ".json");
        JavaType list = JSON.getTypeFactory().constructCollectionType(ArrayList.class, type);
        return Files.exists(file) ? JSON.readValue(file.toFile(), list) : new ArrayList<>();
    }

    void write(String name, List<?> records) throws IOException {
        Files.createDirectories(folder);
        JSON.writeValue(folder.resolve(name + ".json").toFile(), records);
    }

    /** Adds a cell, in the place of an older one for the same job and group. */
    void add(Cell cell) throws IOException {
        List<Cell> cells = read("cells", Cell.class);
        cells.removeIf(cell::isSameAs);
        cells.add(cell);
        write("cells", cells);
    }

    /** Adds what a contestant did alone, in the place of an older figure for the same. */
    void add(Alone alone) throws IOException {
        List<Alone> all = read("alone", Alone.class);
        all.removeIf(alone::isSameAs);
        all.add(alone);
        write("alone", all);
    }
}
