package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.UnaryFunction;

/**
 * The numbers by which kernels know functions: their places in the engine's enumerations, which {@code functions.cuh} repeats.
 */
@SuppressWarnings("EnumOrdinal") // FunctionCodesTest holds the two lists together
final class Codes {
    private Codes() {}

    static int of(UnaryFunction function) {
        return function.ordinal();
    }

    static int of(BinaryFunction function) {
        return function.ordinal();
    }
}
