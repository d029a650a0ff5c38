/**
 * Measures the CUDA backend: each kernel against what the device could do at best, and networks beside PyTorch. Run by {@code
 * benchmarks/gpu.sh}.
 */
@NullMarked
package dev.backlight.benchmarks.gpu;

import org.jspecify.annotations.NullMarked;
