package dev.backlight.models.onnx.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Changes to a file: to its bytes, and to the fields of its messages. */
final class Mutation {
    private static final long[] EXTREMES = {
        -1,
        0,
        1,
        2,
        3,
        255,
        65_536,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        1L << 31,
        1L << 40
    };

    private final Random random;

    Mutation(long seed) {
        random = new Random(seed);
    }

    /** One to three changes to a model. */
    byte[] of(Message model) {
        Message changed = model;
        int count = 1 + random.nextInt(3);
        if (random.nextInt(3) == 0) {
            byte[] bytes = model.toByteArray();
            for (int i = 0; i < count; i++) {
                bytes = bytes(bytes);
            }
            return bytes;
        }
        for (int i = 0; i < count; i++) {
            changed = fields(changed);
        }
        return changed.toByteArray();
    }

    private byte[] bytes(byte[] original) {
        if (original.length == 0) {
            return original;
        }
        byte[] bytes = original.clone();
        int at = random.nextInt(bytes.length);
        int end = Math.min(bytes.length, at + 1 + random.nextInt(16));
        return switch (random.nextInt(5)) {
            case 0 -> {
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                yield bytes;
            }
            case 1 -> {
                bytes[at] = (byte) random.nextInt(256);
                yield bytes;
            }
            case 2 -> Arrays.copyOf(bytes, at);
            case 3 -> joined(bytes, 0, end, at, bytes.length);
            default -> joined(bytes, 0, at, end, bytes.length);
        };
    }

    private static byte[] joined(byte[] bytes, int from, int to, int again, int end) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, from, to - from);
        out.write(bytes, again, end - again);
        return out.toByteArray();
    }

    /** Changes one field somewhere in a message. */
    private Message fields(Message message) {
        Message.Builder builder = message.toBuilder();
        List<FieldDescriptor> fields = new ArrayList<>(message.getAllFields().keySet());
        if (fields.isEmpty()) {
            return message;
        }
        FieldDescriptor field = fields.get(random.nextInt(fields.size()));
        if (field.isRepeated()) {
            repeated(builder, field);
        } else if (random.nextInt(20) == 0) {
            builder.clearField(field);
        } else {
            builder.setField(field, value(field, message.getField(field)));
        }
        return builder.build();
    }

    private void repeated(Message.Builder builder, FieldDescriptor field) {
        int count = builder.getRepeatedFieldCount(field);
        int at = random.nextInt(count);
        Object value = builder.getRepeatedField(field, at);
        switch (random.nextInt(8)) {
            case 0 -> builder.addRepeatedField(field, value);
            case 1 -> {
                List<Object> values = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    values.add(builder.getRepeatedField(field, i));
                }
                values.remove(at);
                builder.setField(field, values);
            }
            default -> builder.setRepeatedField(field, at, value(field, value));
        }
    }

    private Object value(FieldDescriptor field, Object value) {
        return switch (field.getJavaType()) {
            case MESSAGE -> fields((Message) value);
            case LONG -> number((Long) value);
            case INT -> (int) number((Integer) value);
            case FLOAT -> random.nextBoolean() ? Float.NaN : (Float) value * 1e30f;
            case DOUBLE -> random.nextBoolean() ? Double.NaN : (Double) value * 1e300;
            case BOOLEAN -> !(Boolean) value;
            case STRING -> text((String) value);
            case BYTE_STRING -> ByteString.copyFrom(bytes(((ByteString) value).toByteArray()));
            case ENUM ->
                field.getEnumType()
                        .getValues()
                        .get(random.nextInt(field.getEnumType().getValues().size()));
        };
    }

    private long number(long value) {
        return switch (random.nextInt(4)) {
            case 0 -> value + 1;
            case 1 -> value - 1;
            case 2 -> -value;
            default -> EXTREMES[random.nextInt(EXTREMES.length)];
        };
    }

    private static final Map<Integer, String> NAMES = Map.of(
            0, "", 1, "x", 2, "y", 3, "w", 4, "Relu", 5, "Reshape", 6, "../w", 7, "/etc/hostname", 8, "If", 9, "h");

    private String text(String value) {
        return random.nextInt(4) == 0 ? value + value : NAMES.getOrDefault(random.nextInt(NAMES.size()), "");
    }
}
