package dev.backlight.models.weights;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backlight.engine.io.HeapBudget;
import dev.backlight.engine.shape.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.Charset;

/** The bytes of one or several pickles in a row, read forward and never beyond their end. */
final class PickleInput {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble BIG_DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int LONGEST_LINE = 4096;

    private final MemorySegment bytes;
    private final String where;
    private final HeapBudget budget;
    private long position;

    /** @param where what messages begin with */
    PickleInput(MemorySegment bytes, String where, HeapBudget budget) {
        this.bytes = bytes;
        this.where = where;
        this.budget = budget;
    }

    long position() {
        return position;
    }

    /** An exception that says where reading stands. */
    ModelFormatException wrong(String what) {
        return new ModelFormatException(where + ", byte " + position + ": " + what);
    }

    /** Steps over {@code count} bytes and gives the position of the first. */
    private long advance(long count) {
        if (count < 0 || count > bytes.byteSize() - position) {
            throw wrong("expected " + Long.toUnsignedString(count) + " more bytes, found only "
                    + (bytes.byteSize() - position) + " (the file is cut short or damaged)");
        }
        long at = position;
        position += count;
        return at;
    }

    int unsignedByte() {
        return bytes.get(ValueLayout.JAVA_BYTE, advance(1)) & 0xff;
    }

    int unsignedShort() {
        return bytes.get(SHORT, advance(2)) & 0xffff;
    }

    int signedInt() {
        return bytes.get(INT, advance(4));
    }

    long unsignedInt() {
        return signedInt() & 0xffff_ffffL;
    }

    long signedLong() {
        return bytes.get(LONG, advance(8));
    }

    double bigEndianDouble() {
        return bytes.get(BIG_DOUBLE, advance(8));
    }

    /** A two's complement, little-endian integer, as Long where it fits. */
    Number integer(long length) {
        if (length > LONGEST_LINE) {
            throw wrong("expected an integer of at most " + LONGEST_LINE + " bytes, found one of " + length);
        }
        byte[] digits = slice(length).toArray(ValueLayout.JAVA_BYTE);
        for (int i = 0; i < digits.length / 2; i++) {
            byte low = digits[i];
            digits[i] = digits[digits.length - 1 - i];
            digits[digits.length - 1 - i] = low;
        }
        BigInteger value = digits.length == 0 ? BigInteger.ZERO : new BigInteger(digits);
        if (value.bitLength() < Long.SIZE) {
            return value.longValue();
        }
        return value;
    }

    String utf8(long length) {
        return text(length, UTF_8);
    }

    String latin1(long length) {
        return text(length, ISO_8859_1);
    }

    private String text(long length, Charset charset) {
        MemorySegment slice = slice(length);
        budget.take("byte " + position, 4 * length);
        return new String(slice.toArray(ValueLayout.JAVA_BYTE), charset);
    }

    /** Text up to a line feed, which is consumed. */
    String line() {
        long start = position;
        while (unsignedByte() != '\n') {
            if (position - start > LONGEST_LINE) {
                throw wrong("expected a line of at most " + LONGEST_LINE + " bytes, found a longer one");
            }
        }
        return new String(bytes.asSlice(start, position - 1 - start).toArray(ValueLayout.JAVA_BYTE), UTF_8);
    }

    /** The next bytes, not copied. */
    MemorySegment slice(long length) {
        return bytes.asSlice(advance(length), length);
    }
}
