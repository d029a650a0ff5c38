/**
 * Optimisers that change {@link dev.backlight.engine.nn.Parameter}s along their gradients, learning rates as pure functions
 * of the step, and clipping of gradients.
 */
@NullMarked
package dev.backlight.engine.optim;

import org.jspecify.annotations.NullMarked;
