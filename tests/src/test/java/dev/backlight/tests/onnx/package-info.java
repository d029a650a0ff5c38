/** Imported ONNX models against numbers that other programs computed with them. */
@NullMarked
package dev.backlight.tests.onnx;

import org.jspecify.annotations.NullMarked;
