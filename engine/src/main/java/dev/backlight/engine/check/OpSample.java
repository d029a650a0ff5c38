package dev.backlight.engine.check;

import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.shape.DType;
import java.util.List;
import java.util.function.Function;

/**
 * An op at work on inputs within its domain, away from kinks.
 *
 * @param name what is special about the sample, after the op's name
 * @param op the op that the function applies
 * @param inputs the operands; gradients are checked for all but indices
 * @param function the op as its facade applies it
 * @param tolerance the relative error that gradients in double may have against differences
 */
public record OpSample(
        String name,
        Class<? extends Op> op,
        List<SampleInput> inputs,
        Function<List<Tensor>, Tensor> function,
        double tolerance) {
    /** The relative error of central differences that suits functions of moderate curvature. */
    public static final double TOLERANCE = 1e-6;

    static OpSample sample(
            String name, Class<? extends Op> op, Function<List<Tensor>, Tensor> function, SampleInput... inputs) {
        return new OpSample(name, op, List.of(inputs), function, TOLERANCE);
    }

    /** The operands on a backend, unrecorded. */
    public List<Tensor> on(Backend backend, DType dtype) {
        return inputs.stream().map(input -> input.on(backend, dtype)).toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
