package dev.backlight.models.onnx.operator;

import dev.backlight.engine.autodiff.Tensor;

/** Sums of products over named axes. */
final class Contractions {
    private Contractions() {}

    static void register(OperatorRegistry.Builder to) {
        to.since(12, "Einsum", at -> {
            Tensor[] operands = at.tensors();
            return Einsum.of(at.attributes().text("equation", ""), operands);
        });
    }
}
