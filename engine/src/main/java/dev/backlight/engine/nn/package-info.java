/**
 * Networks: {@link dev.backlight.engine.nn.Layer}s with named {@link dev.backlight.engine.nn.Parameter}s. What differs
 * between evaluation and training travels with the call, in a {@link dev.backlight.engine.nn.Pass}; layers have no modes.
 */
@NullMarked
package dev.backlight.engine.nn;

import org.jspecify.annotations.NullMarked;
