/**
 * What more than one backend needs: the threads of a CPU backend and the division of loops among them, walks through strided
 * operands, the sizes of a convolution, and chains recognised as what convolutions do to their results.
 */
@NullMarked
package dev.backlight.kernels.common;

import org.jspecify.annotations.NullMarked;
