/**
 * What each ONNX operator means: a table from operator and operator-set version to a small function that computes it in
 * Backlight's own differentiable ops. A family of operators is one file.
 */
@NullMarked
package dev.backlight.models.onnx.operator;

import org.jspecify.annotations.NullMarked;
