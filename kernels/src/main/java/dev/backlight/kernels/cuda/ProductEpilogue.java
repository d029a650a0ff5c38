package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.kernels.common.EpilogueSteps;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What results of a product go through on their way to memory: {@code Epilogue} of {@code epilogue.cuh}. */
record ProductEpilogue(@Nullable DeviceArray bias, EpilogueSteps steps) {
    static final ProductEpilogue NONE = new ProductEpilogue(null, EpilogueSteps.NONE);

    private static final int PACK_BYTES = 16;

    static ProductEpilogue biased(@Nullable DeviceArray bias) {
        return new ProductEpilogue(bias, EpilogueSteps.NONE);
    }

    /** Whether all arrays that are read or written element by element begin at a multiple of 16 bytes. */
    boolean isAligned(long out) {
        return out % PACK_BYTES == 0
                && Stream.of(address(steps.joined()), address(steps.gate()), address(steps.residual()))
                        .allMatch(address -> address % PACK_BYTES == 0);
    }

    void into(Arguments arguments, boolean packed) {
        arguments
                .address(address(bias))
                .address(address(steps.joined()))
                .address(address(steps.gate()))
                .address(address(steps.scale()))
                .address(address(steps.shift()))
                .address(address(steps.residual()))
                .i32(steps.rectified() ? 1 : 0)
                .i32(packed ? 1 : 0);
    }

    private static long address(@Nullable DeviceArray array) {
        return array == null ? 0 : DeviceMemory.address(array);
    }
}
