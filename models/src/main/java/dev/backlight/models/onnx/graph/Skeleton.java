package dev.backlight.models.onnx.graph;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.backlight.models.onnx.proto.GraphProto;
import dev.backlight.models.onnx.proto.ModelProto;
import dev.backlight.models.onnx.proto.StringStringEntryProto;
import dev.backlight.models.onnx.proto.TensorProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * A model's message without the bytes of its large initialisers, which are left in the mapped file: the message says where,
 * as if they were external data. Parsing the message as it stands would copy them all to the heap before the first is
 * decoded.
 */
final class Skeleton {
    /** The location of bytes that lie in the model's own file; no other file can have this name. */
    static final String OWN_FILE = "\0";

    private static final int LARGE = 128;
    /** Where more remains, such as weights in lists of numbers, copying it in between would cost more than is saved. */
    private static final long MOST_KEPT = 32L << 20;

    private static final int SHIFT_PER_BYTE = 7;

    private final MemorySegment file;
    private long position;
    private long kept;

    private Skeleton(MemorySegment file) {
        this.file = file;
    }

    /** The smaller message; empty where the bytes are no sound message, for the parser to say why, or little is left out. */
    static Optional<byte[]> of(MemorySegment file) {
        try {
            Skeleton skeleton = new Skeleton(file);
            return Optional.of(skeleton.message(file.byteSize(), Level.MODEL));
        } catch (IndexOutOfBoundsException | IOException e) {
            return Optional.empty();
        }
    }

    /** The messages on the way to the bytes, and the field of each that leads on. */
    private enum Level {
        MODEL(ModelProto.GRAPH_FIELD_NUMBER),
        GRAPH(GraphProto.INITIALIZER_FIELD_NUMBER),
        TENSOR(TensorProto.RAW_DATA_FIELD_NUMBER);

        private final int field;

        Level(int field) {
            this.field = field;
        }
    }

    private byte[] message(long end, Level level) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        while (position < end) {
            long start = position;
            int tag = (int) varint();
            boolean isWay = tag == (level.field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
            if (!isWay) {
                skip(tag);
                requireInside(end);
                kept += position - start;
                if (kept > MOST_KEPT) {
                    throw new IndexOutOfBoundsException();
                }
                out.writeRawBytes(file.asSlice(start, position - start).toArray(ValueLayout.JAVA_BYTE));
                continue;
            }
            long length = varint();
            if (length < 0 || length > end - position) {
                throw new IndexOutOfBoundsException();
            }
            long inner = position + length;
            if (level == Level.TENSOR) {
                bytes(out, length);
                position = inner;
            } else {
                out.writeByteArray(level.field, message(inner, level == Level.MODEL ? Level.GRAPH : Level.TENSOR));
            }
        }
        requireInside(end);
        out.flush();
        return bytes.toByteArray();
    }

    /** The bytes themselves where they are few, or else where they lie. */
    private void bytes(CodedOutputStream out, long length) throws IOException {
        if (length < LARGE) {
            out.writeByteArray(
                    TensorProto.RAW_DATA_FIELD_NUMBER,
                    file.asSlice(position, length).toArray(ValueLayout.JAVA_BYTE));
            return;
        }
        entry(out, "location", OWN_FILE);
        entry(out, "offset", Long.toString(position));
        entry(out, "length", Long.toString(length));
        out.writeEnum(TensorProto.DATA_LOCATION_FIELD_NUMBER, TensorProto.DataLocation.EXTERNAL_VALUE);
    }

    private static void entry(CodedOutputStream out, String key, String value) throws IOException {
        out.writeMessage(
                TensorProto.EXTERNAL_DATA_FIELD_NUMBER,
                StringStringEntryProto.newBuilder().setKey(key).setValue(value).build());
    }

    private void skip(int tag) {
        switch (tag & 7) {
            case WireFormat.WIRETYPE_VARINT -> varint();
            case WireFormat.WIRETYPE_FIXED64 -> position += Long.BYTES;
            case WireFormat.WIRETYPE_FIXED32 -> position += Integer.BYTES;
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                long length = varint();
                requireInside(length < 0 ? -1 : file.byteSize());
                position += Math.min(length, file.byteSize() - position + 1);
            }
            default -> throw new IndexOutOfBoundsException();
        }
    }

    private void requireInside(long end) {
        if (position > end) {
            throw new IndexOutOfBoundsException();
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += SHIFT_PER_BYTE) {
            byte part = file.get(ValueLayout.JAVA_BYTE, position++);
            value |= (part & 0x7fL) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw new IndexOutOfBoundsException();
    }
}
