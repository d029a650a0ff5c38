/**
 * A CPU backend for JVMs without the Vector API: plain loops over {@code float[]}, written so that the JIT compiler can turn
 * the hot ones into vector instructions by itself (several arrays, one index, no offsets). Products and convolutions go through
 * one blocked product; what is not on the path of networks is left to the reference backend. Every result is the same for every
 * number of threads.
 */
@NullMarked
package dev.backlight.kernels.scalar;

import org.jspecify.annotations.NullMarked;
