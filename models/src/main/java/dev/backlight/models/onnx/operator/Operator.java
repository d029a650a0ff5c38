package dev.backlight.models.onnx.operator;

import dev.backlight.engine.autodiff.Tensor;
import java.util.List;

/** Computes the outputs of a node from its inputs, in recorded ops. Operators have no state. */
@FunctionalInterface
public interface Operator {
    /**
     * The outputs in the operator's order; trailing optional ones may be left out.
     *
     * @throws dev.backlight.engine.shape.ShapeException where the inputs do not fit
     * @throws dev.backlight.engine.shape.UnsupportedOpException for a use of the operator that is not supported
     */
    List<Tensor> apply(Invocation at);
}
