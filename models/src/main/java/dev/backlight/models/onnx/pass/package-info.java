/** Passes over graphs: pure functions from a graph to one that computes the same with fewer nodes. */
@NullMarked
package dev.backlight.models.onnx.pass;

import org.jspecify.annotations.NullMarked;
