package dev.backlight.models.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backlight.engine.io.MappedFile;
import dev.backlight.engine.shape.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The names of a network's classes, by index, and their identifiers where they have such (ImageNet's n01443537). */
public final class ClassNames {
    private static final JsonMapper JSON = new JsonMapper();

    private final List<String> names;
    private final List<String> identifiers;
    private final Map<String, Integer> byIdentifier = new HashMap<>();

    private ClassNames(List<String> names, List<String> identifiers) {
        this.names = List.copyOf(names);
        this.identifiers = List.copyOf(identifiers);
        for (int i = 0; i < identifiers.size(); i++) {
            byIdentifier.put(identifiers.get(i), i);
        }
    }

    /** Names in the order of their indices. */
    public static ClassNames of(List<String> names) {
        return new ClassNames(names, List.of());
    }

    /** Placeholders {@code class 0}, {@code class 1}, … for a network whose classes nobody has named. */
    public static ClassNames numbered(int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add("class " + i);
        }
        return of(names);
    }

    /**
     * Reads names from a file of one name per line, a JSON list of names, or a JSON object from index to name or to
     * {@code [identifier, name]}.
     *
     * @throws ModelFormatException where the file is missing, empty or of another form
     */
    public static ClassNames read(Path file) {
        MappedFile.requireReadable(file);
        try {
            String text = Files.readString(file).strip();
            if (text.startsWith("[") || text.startsWith("{")) {
                return fromJson(JSON.readTree(text), file);
            }
            if (text.isEmpty()) {
                throw new ModelFormatException(file + ": expected one class name per line, found an empty file");
            }
            return of(text.lines().map(String::strip).toList());
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(
                    file + ": expected class names as JSON, found damage: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new ModelFormatException(file + ": expected class names as UTF-8 text, found other bytes", e);
        }
    }

    private static ClassNames fromJson(JsonNode root, Path file) {
        List<String> names = new ArrayList<>();
        List<String> identifiers = new ArrayList<>();
        for (int i = 0; i < root.size(); i++) {
            JsonNode entry = root.isArray() ? root.get(i) : root.path(Integer.toString(i));
            if (entry.isArray() && entry.size() == 2) {
                identifiers.add(entry.get(0).asText());
                names.add(entry.get(1).asText());
            } else if (entry.isTextual()) {
                names.add(entry.asText());
            } else {
                throw new ModelFormatException(file + ": expected a name or [identifier, name] for class " + i
                        + ", found " + (entry.isMissingNode() ? "none" : entry));
            }
        }
        if (names.isEmpty() || (!identifiers.isEmpty() && identifiers.size() != names.size())) {
            throw new ModelFormatException(file + ": expected names of classes, all with an identifier or none, found "
                    + names.size() + " names and " + identifiers.size() + " identifiers");
        }
        return new ClassNames(names, identifiers);
    }

    public int size() {
        return names.size();
    }

    /** All names, by index. */
    public List<String> names() {
        return names;
    }

    /** The name of a class; {@code class 7} where the file has fewer names than the network has classes. */
    public String name(int index) {
        return index < names.size() ? names.get(index) : "class " + index;
    }

    /** Whether classes have identifiers beside their names. */
    public boolean hasIdentifiers() {
        return !identifiers.isEmpty();
    }

    /** The class with exactly this identifier. */
    Optional<Integer> withIdentifier(String identifier) {
        return Optional.ofNullable(byIdentifier.get(identifier));
    }

    /** An identifier, for messages. */
    String example() {
        return identifiers.isEmpty() ? "those in a class index with identifiers" : identifiers.getFirst();
    }

    /**
     * The class that a user means by an index, an identifier, a name, or the unique beginning of a name. Case does not
     * matter, nor whether words are separated by blanks, underscores or hyphens.
     *
     * @throws ModelFormatException where there is no such class, with the nearest names, or more than one
     */
    public int find(String wanted) {
        return new ClassSearch(names, byIdentifier).find(wanted);
    }
}
