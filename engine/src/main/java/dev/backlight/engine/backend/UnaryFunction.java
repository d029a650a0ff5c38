package dev.backlight.engine.backend;

/** Functions of one element x with up to two parameters α and β. NaN stays NaN. */
public enum UnaryFunction {
    NEGATE,
    ABSOLUTE,
    /** −1, 0 or 1. */
    SIGN,
    EXP,
    /** Natural logarithm. */
    LOG,
    SQRT,
    RECIPROCAL,
    SQUARE,
    SIN,
    COS,
    TANH,
    /** 1/(1+e⁻ˣ), without overflow. */
    SIGMOID,
    /** log(1+eˣ), without overflow. */
    SOFTPLUS,
    /** The error function 2/√π·∫₀ˣ e^(−t²) dt. */
    ERF,
    FLOOR,
    CEIL,
    /** To the nearest integer, halves to even. */
    ROUND,
    /** max(x, 0). */
    POSITIVE_PART,
    /** 1 where x > 0, else 0. */
    STEP,
    /** x where x > 0, else α·x. */
    LEAKY,
    /** α·x + β. */
    AFFINE,
    /** x to the power α. */
    POWER,
    /** min(max(x, α), β). */
    CLIP,
    /** 1 where α < x < β, else 0: the slope of {@link #CLIP}. */
    INSIDE
}
