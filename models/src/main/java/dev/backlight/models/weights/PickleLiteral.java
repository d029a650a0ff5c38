package dev.backlight.models.weights;

import org.jspecify.annotations.Nullable;

/** The pickle opcodes that push a value of their own: numbers, text, booleans and None. */
final class PickleLiteral {
    /** Python's None. */
    enum None {
        NONE
    }

    private PickleLiteral() {}

    /** The value, with what follows the opcode consumed; null where the opcode is of another kind. */
    static @Nullable Object read(int opcode, PickleInput in) {
        return switch (opcode) {
            case 'N' -> None.NONE;
            case 0x88 -> true;
            case 0x89 -> false;
            case 'J' -> (long) in.signedInt();
            case 'K' -> (long) in.unsignedByte();
            case 'M' -> (long) in.unsignedShort();
            case 0x8a -> in.integer(in.unsignedByte());
            case 0x8b -> in.integer(in.unsignedInt());
            case 'G' -> in.bigEndianDouble();
            case 'I' -> textualInteger(in);
            case 'L' -> number(in, in.line().replace("L", ""));
            case 'F' -> textualDouble(in);
            case 'X' -> in.utf8(in.unsignedInt());
            case 0x8c -> in.utf8(in.unsignedByte());
            case 0x8d -> in.utf8(in.signedLong());
            case 'T' -> in.latin1(in.unsignedInt());
            case 'U' -> in.latin1(in.unsignedByte());
            default -> null;
        };
    }

    /** Protocol 0 writes booleans as the integers 00 and 01. */
    private static Object textualInteger(PickleInput in) {
        String line = in.line();
        return switch (line) {
            case "00" -> false;
            case "01" -> true;
            default -> number(in, line);
        };
    }

    private static Long number(PickleInput in, String line) {
        try {
            return Long.valueOf(line);
        } catch (NumberFormatException e) {
            throw in.wrong("expected an integer, found " + line);
        }
    }

    private static Double textualDouble(PickleInput in) {
        String line = in.line();
        try {
            return Double.valueOf(line);
        } catch (NumberFormatException e) {
            throw in.wrong("expected a number, found " + line);
        }
    }
}
