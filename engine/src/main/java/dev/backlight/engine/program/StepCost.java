package dev.backlight.engine.program;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/**
 * What repeating a step takes, in bytes moved: those that it reads and writes, and its multiply-adds at the rate at which a
 * processor does them beside moving a byte. Only for comparing steps with each other.
 */
final class StepCost {
    /** Operations in the time of one byte: 200 GFLOP/s over 27 GB/s, rounded. */
    private static final double OPERATIONS_PER_BYTE = 8;

    private StepCost() {}

    static double of(Step step) {
        double bytes = bytes(step.output());
        for (DeviceArray input : step.inputs()) {
            bytes += bytes(input);
        }
        return bytes + 2.0 * multiplyAdds(step.primitive(), step.inputs(), step.output()) / OPERATIONS_PER_BYTE;
    }

    private static long bytes(DeviceArray array) {
        return array.shape().elements() * array.dtype().bytes();
    }

    private static long multiplyAdds(Primitive primitive, List<DeviceArray> in, DeviceArray out) {
        return switch (primitive) {
            case Primitive.Convolution _ ->
                out.shape().elements() * perOutput(in.get(1).shape());
            case Primitive.ConvolutionInputGradient _ ->
                in.get(0).shape().elements() * perOutput(in.get(1).shape());
            case Primitive.ConvolutionWeightGradient _ -> in.get(1).shape().elements() * perOutput(out.shape());
            case Primitive.MatMul product ->
                out.shape().elements() * in.getFirst().shape().size(product.transposeA() ? -2 : -1);
            case Primitive.Nchwc blocked -> multiplyAdds(blocked.primitive(), in, out);
            case Primitive.WithEpilogue fused -> multiplyAdds(fused.head(), in.subList(0, fused.operands()), out);
            default -> 0;
        };
    }

    private static long perOutput(Shape weights) {
        return weights.elements() / Math.max(1, weights.size(0));
    }
}
