package dev.backlight.attribution.method;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.Shape;

/** Bilinear enlargement with pixels as areas (half-pixel centres, edges repeated): one matrix for rows, one for columns. */
final class Upsampling {
    private Upsampling() {}

    /** {@code N×1×h×w} to {@code N×1×height×width}. */
    static Tensor bilinear(Tensor maps, int height, int width) {
        Shape shape = maps.shape();
        Tensor rows = matrix(maps, height, shape.size(2));
        Tensor columns = Ops.transpose(matrix(maps, width, shape.size(3)), 1, 0);
        Tensor stacked = Ops.reshape(maps, Shape.of(shape.size(0), shape.size(2), shape.size(3)));
        Tensor large = Ops.matmul(rows, Ops.matmul(stacked, columns));
        return Ops.reshape(large, Shape.of(shape.size(0), 1, height, width));
    }

    private static Tensor matrix(Tensor like, int to, int from) {
        double[] weights = new double[to * from];
        for (int i = 0; i < to; i++) {
            double centre = Math.clamp((i + 0.5) * from / to - 0.5, 0, from - 1);
            int below = (int) centre;
            int above = Math.min(below + 1, from - 1);
            weights[i * from + below] += 1 - (centre - below);
            weights[i * from + above] += centre - below;
        }
        return Ops.reshape(Variants.along(like, 0, 1, weights), Shape.of(to, from));
    }
}
