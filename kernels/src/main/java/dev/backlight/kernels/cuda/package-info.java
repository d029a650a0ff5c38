/**
 * The engine on NVIDIA GPUs, through JCuda's binding of the driver API: memory, copies and launches on one stream, and one
 * class per family of primitives that turns a primitive into launches of the kernels in {@code src/main/cuda}. These are
 * shipped as PTX, which the driver compiles for the device it finds; nothing but the driver is required.
 */
@NullMarked
package dev.backlight.kernels.cuda;

import org.jspecify.annotations.NullMarked;
