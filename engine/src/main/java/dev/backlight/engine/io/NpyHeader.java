package dev.backlight.engine.io;

import dev.backlight.engine.shape.ModelFormatException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The header of a {@code .npy} file: a Python dictionary of three entries, in any order. */
record NpyHeader(ElementType type, ByteOrder order, boolean fortran, long... sizes) {
    private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*('[^']*'|\\[.*])");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SIZES = Pattern.compile("'shape'\\s*:\\s*\\(([0-9L,\\s]{0,1000})\\)");
    private static final Map<String, ElementType> TYPES = Map.ofEntries(
            Map.entry("f2", ElementType.F16),
            Map.entry("f4", ElementType.F32),
            Map.entry("f8", ElementType.F64),
            Map.entry("i1", ElementType.I8),
            Map.entry("i2", ElementType.I16),
            Map.entry("i4", ElementType.I32),
            Map.entry("i8", ElementType.I64),
            Map.entry("u1", ElementType.U8),
            Map.entry("u2", ElementType.U16),
            Map.entry("u4", ElementType.U32),
            Map.entry("u8", ElementType.U64),
            Map.entry("b1", ElementType.BOOL));

    static NpyHeader parse(String text, String where) {
        String described = find(TYPE, "'descr'", text, where).replace("'", "");
        ElementType type = described.isEmpty() ? null : TYPES.get(described.substring(1));
        if (type == null || "<>|=".indexOf(described.charAt(0)) < 0) {
            throw new ModelFormatException(where + ", header: expected elements of one of f2 f4 f8 i1 i2 i4 i8 u1 u2 u4"
                    + " u8 b1, found " + abbreviate(described));
        }
        ByteOrder order = switch (described.charAt(0)) {
            case '>' -> ByteOrder.BIG_ENDIAN;
            case '=' -> ByteOrder.nativeOrder();
            default -> ByteOrder.LITTLE_ENDIAN;
        };
        boolean fortran = find(FORTRAN, "'fortran_order'", text, where).equals("True");
        return new NpyHeader(type, order, fortran, sizes(find(SIZES, "'shape'", text, where), where));
    }

    private static String find(Pattern pattern, String key, String text, String where) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new ModelFormatException(
                    where + ", header: expected a valid entry " + key + ", found " + abbreviate(text.strip()));
        }
        return matcher.group(1);
    }

    private static long[] sizes(String list, String where) {
        try {
            return Arrays.stream(list.replace("L", "").split(","))
                    .map(String::strip)
                    .filter(size -> !size.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
        } catch (NumberFormatException e) {
            throw new ModelFormatException(
                    where + ", header: expected whole numbers as shape, found (" + list + ")", e);
        }
    }

    private static String abbreviate(String text) {
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }
}
