package dev.backlight.engine.io;

/**
 * Numbers of 8 bits with a sign, {@code 7 − mantissa} bits of exponent and a mantissa.
 *
 * @param bias what is subtracted from the exponent
 * @param special which patterns are no finite numbers
 * @see <a href="https://arxiv.org/abs/2209.05433">FP8 formats for deep learning</a> and, for those without a negative zero,
 *     <a href="https://arxiv.org/abs/2206.02915">8-bit numerical formats for deep neural networks</a>
 */
record Float8(int mantissa, int bias, Special special) {
    static final Float8 E4M3 = new Float8(3, 7, Special.LAST_IS_NAN);
    static final Float8 E4M3_FNUZ = new Float8(3, 8, Special.NEGATIVE_ZERO_IS_NAN);
    static final Float8 E5M2 = new Float8(2, 15, Special.AS_IEEE_754);
    static final Float8 E5M2_FNUZ = new Float8(2, 16, Special.NEGATIVE_ZERO_IS_NAN);

    enum Special {
        /** The largest exponent means infinity and NaN. */
        AS_IEEE_754,
        /** The largest exponent with the largest mantissa is NaN; there is no infinity. */
        LAST_IS_NAN,
        /** NaN takes the place of −0; there is no infinity. */
        NEGATIVE_ZERO_IS_NAN
    }

    float decode(byte stored) {
        int bits = stored & 0xff;
        int fraction = bits & ((1 << mantissa) - 1);
        int exponent = (bits & 0x7f) >> mantissa;
        boolean isLargest = exponent == 0x7f >> mantissa;
        boolean isLast = (bits & 0x7f) == 0x7f;
        boolean isNan = switch (special) {
            case AS_IEEE_754 -> isLargest && fraction != 0;
            case LAST_IS_NAN -> isLast;
            case NEGATIVE_ZERO_IS_NAN -> bits == 0x80;
        };
        if (isNan) {
            return Float.NaN;
        }
        float size = special == Special.AS_IEEE_754 && isLargest
                ? Float.POSITIVE_INFINITY
                : exponent == 0
                        ? Math.scalb((float) fraction, 1 - bias - mantissa)
                        : Math.scalb((float) (fraction | 1 << mantissa), exponent - bias - mantissa);
        return bits < 0x80 ? size : -size;
    }
}
