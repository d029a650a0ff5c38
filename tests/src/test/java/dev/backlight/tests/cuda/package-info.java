/**
 * The CUDA backend without a GPU: the unmodified backend, its own kernels compiled by g++, and a stand-in for NVIDIA's driver
 * that runs them on the CPU and watches them. Surefire runs these tests in a process of their own, since the stand-in must be
 * loaded before JCuda looks for the driver. See {@code src/test/cuda/README.md}.
 */
@NullMarked
package dev.backlight.tests.cuda;

import org.jspecify.annotations.NullMarked;
