/**
 * Computations recorded once and run many times. A {@link dev.backlight.engine.program.Recorder} lists the primitives that
 * a piece of code asks for without executing any; a {@link dev.backlight.engine.program.Program} is that list made ready:
 * what depends on no input computed once, chains fused, images laid out for convolutions, memory shared by liveness, neighbours
 * that read the same executed together. Its results
 * equal eager execution's bit for bit. Nothing here knows of tensors or gradients.
 */
@NullMarked
package dev.backlight.engine.program;

import org.jspecify.annotations.NullMarked;
