package dev.backlight.engine.backend;

/** Functions of two elements a and b. Comparisons give 1 or 0 in the operands' type. */
public enum BinaryFunction {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    /** a to the power b. */
    POWER,
    /** The smaller; NaN if either is. */
    MINIMUM,
    /** The larger; NaN if either is. */
    MAXIMUM,
    EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    /** a where b > 0, else 0: the rectifier's backward pass in one pass over memory. */
    GATE
}
