package dev.backlight.models.vision;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.data.ClassNames;
import dev.backlight.models.data.Preprocessing;
import dev.backlight.models.weights.Safetensors;
import dev.backlight.models.weights.WeightLoader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A classifier of the zoo in one file: safetensors, whose metadata name the architecture, the classes and the
 * preprocessing.
 */
public final class ClassifierFile {
    private static final String ARCHITECTURE = "backlight.architecture";
    private static final String CLASSES = "backlight.classes";
    private static final String PREPROCESSING = "backlight.preprocessing";
    private static final JsonMapper JSON = new JsonMapper();

    private ClassifierFile() {}

    /**
     * Writes a classifier; the file appears only when it is complete.
     *
     * @param notes further metadata, such as how it was trained
     * @param floats how to store the numbers: F32, or F16 to halve the file
     */
    public static void write(Path file, Classifier classifier, Map<String, String> notes, ElementType floats) {
        Map<String, String> metadata = new LinkedHashMap<>(notes);
        metadata.put(ARCHITECTURE, classifier.architecture());
        try {
            metadata.put(CLASSES, JSON.writeValueAsString(classifier.classes().names()));
            metadata.put(PREPROCESSING, JSON.writeValueAsString(classifier.preprocessing()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("names and numbers always have a JSON form", e);
        }
        Safetensors.write(file, WeightLoader.save(classifier.network()), metadata, floats);
    }

    /** Whether a safetensors file's metadata describe a classifier. */
    public static boolean describes(Safetensors.Contents contents) {
        return contents.metadata().containsKey(ARCHITECTURE);
    }

    /**
     * Reads a classifier onto a backend.
     *
     * @throws ModelFormatException where the file is missing, damaged, not written by {@link #write}, or its tensors do not
     *     fit the architecture
     */
    public static Classifier read(Path file, Backend backend, DType dtype) {
        return of(Safetensors.read(file), file.toString(), backend, dtype);
    }

    /** The classifier that a file's contents describe; {@code where} begins the messages. */
    public static Classifier of(Safetensors.Contents contents, String where, Backend backend, DType dtype) {
        Map<String, String> metadata = contents.metadata();
        List<String> names = parse(required(metadata, CLASSES, where), new TypeReference<>() {}, where);
        Preprocessing preprocessing = parse(required(metadata, PREPROCESSING, where), new TypeReference<>() {}, where);
        Classifier classifier =
                Classifier.of(required(metadata, ARCHITECTURE, where), ClassNames.of(names), preprocessing);
        new WeightLoader(backend, dtype, where).byName(classifier.network(), contents.tensors());
        return classifier;
    }

    private static String required(Map<String, String> metadata, String key, String where) {
        String value = metadata.get(key);
        if (value == null) {
            throw new ModelFormatException(where + ": expected the metadata entry " + key
                    + ", as files written by training have it, found none; name the architecture instead");
        }
        return value;
    }

    private static <T> T parse(String json, TypeReference<T> type, String where) {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(where + ", metadata: damaged: " + e.getOriginalMessage(), e);
        }
    }
}
