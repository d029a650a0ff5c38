package dev.backlight.models.onnx.graph;

import com.google.protobuf.ByteString;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.io.HeapBudget;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.proto.TensorProto;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** Decodes tensors, widening each element type to the one it is computed in. Sizes are checked before allocating. */
final class TensorReader {
    private final String where;
    private final HeapBudget budget;
    private final ExternalData external;

    TensorReader(String where, HeapBudget budget, ExternalData external) {
        this.where = where;
        this.budget = budget;
        this.external = external;
    }

    NamedArray read(TensorProto tensor) {
        String what = "tensor \"" + tensor.getName() + "\"";
        if (tensor.hasSegment()) {
            throw new ModelFormatException(where + ", " + what + ": tensors in segments are not supported");
        }
        long[] sizes = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
        if (isFourBits(tensor.getDataType())) {
            Shape shape = budget.take(what, ElementType.I64, sizes);
            return new NamedArray(tensor.getName(), shape, DType.I64, nibbles(tensor, what, shape));
        }
        ElementType type = ElementTypes.of(tensor.getDataType())
                .orElseThrow(() -> new ModelFormatException(where + ", " + what
                        + ": its element type is number " + tensor.getDataType()
                        + " of ONNX, expected one of the real numbers, integers or truth values up to 64 bits"));
        Shape shape = budget.take(what, type, sizes);
        return new NamedArray(tensor.getName(), shape, type.widened(), values(tensor, what, type, shape));
    }

    private static boolean isFourBits(int type) {
        return type == TensorProto.DataType.INT4_VALUE || type == TensorProto.DataType.UINT4_VALUE;
    }

    /** Two integers in a byte, of which the first has the lower half. */
    private long[] nibbles(TensorProto tensor, String what, Shape shape) {
        MemorySegment bytes = bytes(tensor, what, shape, Math.ceilDiv(shape.elements(), 2))
                .orElseGet(() -> narrow(tensor, what, shape, Math.ceilDiv(shape.elements(), 2)));
        int unused = tensor.getDataType() == TensorProto.DataType.INT4_VALUE ? Long.SIZE - 4 : 0;
        long[] values = new long[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            long half = (bytes.get(ValueLayout.JAVA_BYTE, i / 2) >> (4 * (i % 2))) & 0xf;
            values[i] = half << unused >> unused;
        }
        return values;
    }

    private Object values(TensorProto tensor, String what, ElementType type, Shape shape) {
        return bytes(tensor, what, shape, shape.elements() * type.bytes())
                .map(bytes -> type.decode(bytes, ByteOrder.LITTLE_ENDIAN))
                .orElseGet(() -> typedValues(tensor, what, type, shape));
    }

    /** The elements as bytes, of which there must be so many; empty where they are listed one by one. */
    private Optional<MemorySegment> bytes(TensorProto tensor, String what, Shape shape, long expected) {
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            return Optional.of(external.bytes(tensor, what, expected));
        }
        if (tensor.hasRawData()) {
            ByteString raw = tensor.getRawData();
            requireCount(what, shape, raw.size(), expected, "bytes");
            return Optional.of(MemorySegment.ofBuffer(raw.asReadOnlyByteBuffer()));
        }
        return Optional.empty();
    }

    /** Bytes that are listed as 32-bit integers. */
    private MemorySegment narrow(TensorProto tensor, String what, Shape shape, long expected) {
        requireCount(what, shape, tensor.getInt32DataCount(), expected, "values");
        byte[] bytes = new byte[tensor.getInt32DataCount()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) tensor.getInt32Data(i);
        }
        return MemorySegment.ofArray(bytes);
    }

    /** ONNX keeps narrow integers, truth values and the bits of half precision in {@code int32_data}. */
    private Object typedValues(TensorProto tensor, String what, ElementType type, Shape shape) {
        int count = (int) shape.elements();
        return switch (type) {
            case F32 -> floats(tensor.getFloatDataList(), what, shape);
            case F64 -> {
                requireCount(what, shape, tensor.getDoubleDataCount(), count, "values");
                yield tensor.getDoubleDataList().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray();
            }
            case I64 -> longs(tensor.getInt64DataList(), what, shape);
            case U32, U64 -> longs(tensor.getUint64DataList(), what, shape);
            case F16, BF16 -> halves(tensor, what, type, shape);
            case F8_E4M3, F8_E4M3FNUZ, F8_E5M2, F8_E5M2FNUZ ->
                type.decode(narrow(tensor, what, shape, count), ByteOrder.LITTLE_ENDIAN);
            case BOOL, I8, U8, I16, U16, I32 -> longs(tensor.getInt32DataList(), what, shape);
        };
    }

    private float[] floats(List<Float> list, String what, Shape shape) {
        requireCount(what, shape, list.size(), shape.elements(), "values");
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.get(i);
        }
        return values;
    }

    private long[] longs(List<? extends Number> list, String what, Shape shape) {
        requireCount(what, shape, list.size(), shape.elements(), "values");
        return list.stream().mapToLong(Number::longValue).toArray();
    }

    private float[] halves(TensorProto tensor, String what, ElementType type, Shape shape) {
        requireCount(what, shape, tensor.getInt32DataCount(), shape.elements(), "values");
        float[] values = new float[tensor.getInt32DataCount()];
        for (int i = 0; i < values.length; i++) {
            int bits = tensor.getInt32Data(i);
            values[i] = type == ElementType.F16 ? Float.float16ToFloat((short) bits) : Float.intBitsToFloat(bits << 16);
        }
        return values;
    }

    private void requireCount(String what, Shape shape, long found, long expected, String unit) {
        if (found != expected) {
            throw new ModelFormatException(where + ", " + what + ": expected " + expected + " " + unit + " for shape "
                    + shape + ", found " + found);
        }
    }
}
