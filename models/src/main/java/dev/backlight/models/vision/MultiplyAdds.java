package dev.backlight.models.vision;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.op.Conv2d;
import dev.backlight.engine.op.ConvTranspose2d;
import dev.backlight.engine.op.Linear;
import dev.backlight.engine.op.MatMul;
import dev.backlight.engine.shape.Shape;

/** The arithmetic that networks are compared by: convolutions and matrix products; all else counts nothing, as is usual. */
final class MultiplyAdds {
    private MultiplyAdds() {}

    static long of(Application at) {
        return switch (at.op()) {
            case Conv2d conv ->
                at.output().shape().elements() * perElement(at.input(1).shape());
            case ConvTranspose2d conv ->
                at.input(0).shape().elements() * perElement(at.input(1).shape());
            case Linear linear ->
                at.output().shape().elements() * at.input(1).shape().size(1);
            case MatMul product ->
                at.output().shape().elements() * at.input(0).shape().size(product.transposeA() ? 1 : 2);
            default -> 0;
        };
    }

    /** What one filter has: input channels of its group × height × width. */
    private static long perElement(Shape weights) {
        return (long) weights.size(1) * weights.size(2) * weights.size(3);
    }
}
