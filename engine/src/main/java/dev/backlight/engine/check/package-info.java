/**
 * Checking gradients: {@link dev.backlight.engine.check.GradientCheck} compares them with differences of the function itself,
 * and {@link dev.backlight.engine.check.OpCatalogue} lists every op with inputs to do so, which also drives the parity tests
 * of backends and benchmarks.
 */
@NullMarked
package dev.backlight.engine.check;

import org.jspecify.annotations.NullMarked;
