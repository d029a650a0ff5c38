/**
 * Arrays in files, below everything that computes: NumPy's {@code .npy} and {@code .npz}, and what every reader of a
 * foreign file needs, namely element encodings, strides, memory that is bounded before it is taken, and writing that
 * never leaves half a file.
 */
@NullMarked
package dev.backlight.engine.io;

import org.jspecify.annotations.NullMarked;
