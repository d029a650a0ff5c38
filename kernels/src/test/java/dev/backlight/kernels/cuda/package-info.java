/** Tests of the CUDA backend that need no device, not even an emulated one. */
@NullMarked
package dev.backlight.kernels.cuda;

import org.jspecify.annotations.NullMarked;
