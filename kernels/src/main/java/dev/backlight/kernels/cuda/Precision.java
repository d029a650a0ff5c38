package dev.backlight.kernels.cuda;

import dev.backlight.engine.shape.DeviceException;
import java.util.Locale;

/** What products and convolutions of F32 operands are computed in. */
enum Precision {
    /** IEEE single precision throughout. */
    F32,
    /** Tensor cores: operands rounded to 10 bits of mantissa, products summed in single precision. */
    TF32;

    static Precision of(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "f32" -> F32;
            case "tf32" -> TF32;
            default -> throw new DeviceException("the precision must be f32 or tf32, but is " + name);
        };
    }
}
