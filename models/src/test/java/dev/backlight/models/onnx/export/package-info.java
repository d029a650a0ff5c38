/** Networks written as ONNX compute the same when they are read again. */
@NullMarked
package dev.backlight.models.onnx.export;

import org.jspecify.annotations.NullMarked;
