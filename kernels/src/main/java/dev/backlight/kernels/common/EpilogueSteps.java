package dev.backlight.kernels.common;

import dev.backlight.engine.backend.DeviceArray;
import org.jspecify.annotations.Nullable;

/**
 * What programs let a convolution's results go through, in this order: the addition of another signal, a rectifier's gate, scale
 * and shift per channel, the addition of a residual, the rectifier. Steps that are not there are null or false.
 *
 * @param joined of the output's shape, like {@code gate} and {@code residual}
 * @param scale one number per output channel, with {@code shift}
 */
public record EpilogueSteps(
        @Nullable DeviceArray joined,
        @Nullable DeviceArray gate,
        @Nullable DeviceArray scale,
        @Nullable DeviceArray shift,
        @Nullable DeviceArray residual,
        boolean rectified) {
    /** Results as they are. */
    public static final EpilogueSteps NONE = new EpilogueSteps(null, null, null, null, null, false);
}
