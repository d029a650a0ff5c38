/**
 * Kernels on the Vector API over plain {@code float[]}: matrix products and convolutions through one register-tiled product,
 * and elementary functions. Every result is the same for every number of threads:
 * an element is always summed in the same order, whoever computes it.
 */
@NullMarked
package dev.backlight.kernels.vector;

import org.jspecify.annotations.NullMarked;
