/**
 * ONNX classifiers as networks of Backlight. {@code graph} reads and checks files, {@code operator} says what each operator
 * means, {@code pass} simplifies graphs, and {@link dev.backlight.models.onnx.OnnxModel} runs the result as a layer.
 */
@NullMarked
package dev.backlight.models.onnx;

import org.jspecify.annotations.NullMarked;
