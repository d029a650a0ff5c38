package dev.backlight.models.weights;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.io.HeapBudget;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.ModelFormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * The JSON header of a safetensors file.
 *
 * @param entries in the order of their data, which they cover without gap or overlap
 * @param dataStart the byte of the file that offsets count from
 */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata, long dataStart) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    /** The limit that the format's own implementation sets. */
    private static final long LONGEST = 100_000_000;

    private static final int ALIGNMENT = 8;
    private static final String METADATA = "__metadata__";

    /** One tensor: bytes {@code begin} to {@code end} (exclusive) of the data. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(String name, ElementType type, long[] sizes, long begin, long end) {}

    static SafetensorsHeader parse(MemorySegment bytes, String where, HeapBudget budget) {
        long length = bytes.byteSize() < Long.BYTES
                ? -1
                : bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        if (length < 2 || length > LONGEST || length > bytes.byteSize() - Long.BYTES) {
            throw new ModelFormatException(where + ", byte 0: expected the length of a safetensors header within the "
                    + bytes.byteSize() + " bytes of the file, found " + length + " (cut short or of another format)");
        }
        budget.take("header", 10 * length); // a tree of JSON takes some ten times its text
        byte[] text = bytes.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        budget.giveBack(10 * length);
        if (!(json(text, where) instanceof ObjectNode root)) {
            throw new ModelFormatException(where + ", byte 8: expected a JSON object as header, found other JSON");
        }
        Map<String, String> metadata = new HashMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : root.properties()) {
            if (property.getKey().equals(METADATA)) {
                property.getValue()
                        .properties()
                        .forEach(pair ->
                                metadata.put(pair.getKey(), pair.getValue().asText()));
            } else {
                entries.add(entry(property.getKey(), property.getValue(), where));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        requireCovering(entries, bytes.byteSize() - Long.BYTES - length, where);
        return new SafetensorsHeader(List.copyOf(entries), metadata, Long.BYTES + length);
    }

    private static JsonNode json(byte[] text, String where) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(
                    where + ", byte 8: expected a JSON header, found none: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new ModelFormatException(where + ", byte 8: the header cannot be read: " + e.getMessage(), e);
        }
    }

    private static Entry entry(String name, JsonNode node, String where) {
        long[] sizes = longs(node.path("shape"));
        long[] offsets = longs(node.path("data_offsets"));
        String named = node.path("dtype").asText();
        if (!node.path("shape").isArray() || offsets.length != 2) {
            throw new ModelFormatException(
                    where + ", tensor " + name + ": expected dtype, shape and two data_offsets, found " + brief(node));
        }
        ElementType type = Arrays.stream(ElementType.values())
                .filter(known -> known.name().equals(named))
                .findFirst()
                .orElseThrow(() -> new ModelFormatException(where + ", tensor " + name + ": expected one of the types "
                        + Arrays.toString(ElementType.values()) + ", found " + named));
        return new Entry(name, type, sizes, offsets[0], offsets[1]);
    }

    /** Numbers that are no integers come out as −1, which no size and no offset is. */
    private static long[] longs(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToLong(item -> item.isIntegralNumber() && item.canConvertToLong() ? item.asLong() : -1)
                .toArray();
    }

    private static String brief(JsonNode node) {
        String text = node.toString();
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }

    private static void requireCovering(List<Entry> entries, long size, String where) {
        long end = 0;
        for (Entry entry : entries) {
            if (entry.begin() != end || entry.end() < entry.begin() || entry.end() > size) {
                throw new ModelFormatException(where + ", tensor " + entry.name() + ": expected data from byte " + end
                        + " on within " + size + " bytes, found " + entry.begin() + " to " + entry.end()
                        + " (cut short or damaged)");
            }
            end = entry.end();
        }
        if (end != size) {
            throw new ModelFormatException(
                    where + ": expected tensors to cover the " + size + " bytes of data, found " + end + " covered");
        }
    }

    /** The header for arrays that follow one another without gap, padded with spaces so that they begin aligned. */
    static byte[] format(Map<NamedArray, ElementType> types, Map<String, String> metadata) {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode texts = root.putObject(METADATA);
            metadata.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(pair -> texts.put(pair.getKey(), pair.getValue()));
        }
        long begin = 0;
        for (var entry : types.entrySet()) {
            NamedArray array = entry.getKey();
            long end = begin + array.shape().elements() * entry.getValue().bytes();
            ObjectNode node = root.putObject(array.name());
            node.put("dtype", entry.getValue().name());
            Arrays.stream(array.shape().sizes()).forEach(node.putArray("shape")::add);
            node.putArray("data_offsets").add(begin).add(end);
            begin = end;
        }
        String text = root.toString();
        int length = text.getBytes(UTF_8).length;
        return (text + " ".repeat(Math.floorMod(-length, ALIGNMENT))).getBytes(UTF_8);
    }
}
