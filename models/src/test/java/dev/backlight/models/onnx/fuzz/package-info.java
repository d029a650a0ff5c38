/** Damaged and hostile models end in one sentence. */
@NullMarked
package dev.backlight.models.onnx.fuzz;

import org.jspecify.annotations.NullMarked;
