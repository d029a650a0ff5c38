package dev.backlight.models.onnx.operator;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.io.NamedArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that a node reads: a constant that is known on the host, or a tensor.
 *
 * @param constant its numbers, where they are known before the model runs
 * @param tensor the same on the device; asked for only where an operator computes with it
 */
public record Operand(@Nullable NamedArray constant, Supplier<Tensor> tensor) {}
