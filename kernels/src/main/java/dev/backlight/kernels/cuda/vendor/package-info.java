/**
 * cuBLAS and cuDNN, of the versions that are installed: through JCuda's bindings where these were made for the installed
 * version, and through {@code java.lang.foreign} otherwise. The few calls made have been the same since CUDA 11 and cuDNN 8.
 */
@NullMarked
package dev.backlight.kernels.cuda.vendor;

import org.jspecify.annotations.NullMarked;
