/**
 * Networks as ONNX graphs: one forward pass is recorded and every application on the tape written as the ONNX operators
 * that compute the same.
 */
@NullMarked
package dev.backlight.models.onnx.export;

import org.jspecify.annotations.NullMarked;
