package dev.backlight.engine.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.backlight.engine.shape.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.IntToLongFunction;

/** How numbers are stored in files. Reading widens each to the {@link DType} that can hold it. */
public enum ElementType {
    /** Four bits of exponent, three of mantissa, no infinity. */
    F8_E4M3(1, DType.F32),
    /** The same without a negative zero and with one more for the bias. */
    F8_E4M3FNUZ(1, DType.F32),
    /** The upper half of an F16. */
    F8_E5M2(1, DType.F32),
    /** Like it without infinity and negative zero, and with one more for the bias. */
    F8_E5M2FNUZ(1, DType.F32),
    /** IEEE 754 half precision. */
    F16(2, DType.F32),
    /** The upper half of an F32. */
    BF16(2, DType.F32),
    F32(4, DType.F32),
    F64(8, DType.F64),
    BOOL(1, DType.I64),
    I8(1, DType.I64),
    U8(1, DType.I64),
    I16(2, DType.I64),
    U16(2, DType.I64),
    I32(4, DType.I64),
    U32(4, DType.I64),
    I64(8, DType.I64),
    /** Values from 2⁶³ up come out negative: no file of weights holds any. */
    U64(8, DType.I64);

    private final int bytes;
    private final DType widened;

    ElementType(int bytes, DType widened) {
        this.bytes = bytes;
        this.widened = widened;
    }

    /** The type that stores values of {@code dtype} without loss. */
    public static ElementType storing(DType dtype) {
        return switch (dtype) {
            case F32 -> F32;
            case F64 -> F64;
            case I64 -> I64;
        };
    }

    /** Bytes of one element in the file. */
    public int bytes() {
        return bytes;
    }

    /** The type of the values that {@link #decode} gives. */
    public DType widened() {
        return widened;
    }

    /** All elements of {@code data}, as {@code float[]}, {@code double[]} or {@code long[]} according to {@link #widened}. */
    public Object decode(MemorySegment data, ByteOrder order) {
        int count = Math.toIntExact(data.byteSize() / bytes);
        ValueLayout.OfShort shorts = JAVA_SHORT_UNALIGNED.withOrder(order);
        ValueLayout.OfInt ints = JAVA_INT_UNALIGNED.withOrder(order);
        return switch (this) {
            case F32 -> data.toArray(JAVA_FLOAT_UNALIGNED.withOrder(order));
            case F64 -> data.toArray(JAVA_DOUBLE_UNALIGNED.withOrder(order));
            case I64, U64 -> data.toArray(JAVA_LONG_UNALIGNED.withOrder(order));
            case F16 -> floats(count, data, shorts, true);
            case BF16 -> floats(count, data, shorts, false);
            case F8_E4M3 -> floats(count, data, Float8.E4M3);
            case F8_E4M3FNUZ -> floats(count, data, Float8.E4M3_FNUZ);
            case F8_E5M2 -> floats(count, data, Float8.E5M2);
            case F8_E5M2FNUZ -> floats(count, data, Float8.E5M2_FNUZ);
            case BOOL -> longs(count, i -> data.get(JAVA_BYTE, i) == 0 ? 0 : 1);
            case I8 -> longs(count, i -> data.get(JAVA_BYTE, i));
            case U8 -> longs(count, i -> data.get(JAVA_BYTE, i) & 0xff);
            case I16 -> longs(count, i -> data.get(shorts, 2L * i));
            case U16 -> longs(count, i -> data.get(shorts, 2L * i) & 0xffff);
            case I32 -> longs(count, i -> data.get(ints, 4L * i));
            case U32 -> longs(count, i -> data.get(ints, 4L * i) & 0xffff_ffffL);
        };
    }

    private static float[] floats(int count, MemorySegment data, ValueLayout.OfShort shorts, boolean half) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            short bits = data.get(shorts, 2L * i);
            values[i] = half ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
        }
        return values;
    }

    private static float[] floats(int count, MemorySegment data, Float8 format) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = format.decode(data.get(JAVA_BYTE, i));
        }
        return values;
    }

    private static long[] longs(int count, IntToLongFunction at) {
        long[] values = new long[count];
        Arrays.setAll(values, at);
        return values;
    }
}
