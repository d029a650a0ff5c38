/**
 * The differentiable operations: one record each, forward and gradient side by side, and static facades
 * ({@link dev.backlight.engine.op.Ops}, {@link dev.backlight.engine.op.Neural}) so that code reads like the formula.
 */
@NullMarked
package dev.backlight.engine.op;

import org.jspecify.annotations.NullMarked;
