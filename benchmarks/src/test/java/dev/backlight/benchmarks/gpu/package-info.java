/** Tests of the page about GPUs, without a GPU. */
@NullMarked
package dev.backlight.benchmarks.gpu;

import org.jspecify.annotations.NullMarked;
