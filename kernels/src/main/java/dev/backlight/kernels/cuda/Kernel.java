package dev.backlight.kernels.cuda;

/**
 * A function of a PTX module.
 *
 * @param module the family's name, as in {@code elementwise} for {@code elementwise.ptx}
 * @param name the function's, as in {@code elementwise_unary_f32}
 */
record Kernel(String module, String name) {}
