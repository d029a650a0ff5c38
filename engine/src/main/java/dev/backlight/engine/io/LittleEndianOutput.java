package dev.backlight.engine.io;

import dev.backlight.engine.shape.ShapeException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes arrays as little-endian elements, the byte order of every format written here. */
public final class LittleEndianOutput {
    private static final int ELEMENTS_AT_ONCE = 8192;

    private LittleEndianOutput() {}

    /**
     * Writes all elements in row-major order, rounded to {@code type} (to nearest even).
     *
     * @throws ShapeException where an array of one kind (floating or integer) is to be stored as the other
     */
    public static void write(NamedArray array, ElementType type, OutputStream out) throws IOException {
        if (type.widened().isFloating() != array.dtype().isFloating()) {
            throw new ShapeException("array " + array + " cannot be stored as " + type);
        }
        ByteBuffer buffer = ByteBuffer.allocate(ELEMENTS_AT_ONCE * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int start = 0; start < array.size(); start += ELEMENTS_AT_ONCE) {
            int end = Math.min(array.size(), start + ELEMENTS_AT_ONCE);
            for (int i = start; i < end; i++) {
                put(buffer, array, i, type);
            }
            out.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
    }

    /** Writes all elements in the type that keeps them exactly. */
    public static void write(NamedArray array, OutputStream out) throws IOException {
        write(array, ElementType.storing(array.dtype()), out);
    }

    private static void put(ByteBuffer buffer, NamedArray array, int i, ElementType type) {
        switch (type) {
            case F8_E4M3, F8_E4M3FNUZ, F8_E5M2, F8_E5M2FNUZ ->
                throw new ShapeException("array " + array + " cannot be stored in 8 bits, only read from them");
            case F16 -> buffer.putShort(Float.floatToFloat16((float) array.doubleAt(i)));
            case BF16 -> buffer.putShort(bfloat16((float) array.doubleAt(i)));
            case F32 -> buffer.putFloat((float) array.doubleAt(i));
            case F64 -> buffer.putDouble(array.doubleAt(i));
            case BOOL -> buffer.put((byte) (array.longAt(i) == 0 ? 0 : 1));
            case I8 -> buffer.put((byte) fitting(array, i, Byte.MIN_VALUE, Byte.MAX_VALUE));
            case U8 -> buffer.put((byte) fitting(array, i, 0, 0xff));
            case I16 -> buffer.putShort((short) fitting(array, i, Short.MIN_VALUE, Short.MAX_VALUE));
            case U16 -> buffer.putShort((short) fitting(array, i, 0, 0xffff));
            case I32 -> buffer.putInt((int) fitting(array, i, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case U32 -> buffer.putInt((int) fitting(array, i, 0, 0xffff_ffffL));
            case I64 -> buffer.putLong(array.longAt(i));
            case U64 -> buffer.putLong(fitting(array, i, 0, Long.MAX_VALUE));
        }
    }

    private static long fitting(NamedArray array, int i, long least, long greatest) {
        long value = array.longAt(i);
        if (value < least || value > greatest) {
            throw new ShapeException("array " + array + " holds " + value + ", outside " + least + " to " + greatest);
        }
        return value;
    }

    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40); // a payload in the lower half alone must not turn into an infinity
        }
        int toNearestEven = 0x7fff + ((bits >>> 16) & 1);
        return (short) ((bits + toNearestEven) >>> 16);
    }
}
