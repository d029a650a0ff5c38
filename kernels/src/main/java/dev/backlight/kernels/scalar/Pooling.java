package dev.backlight.kernels.scalar;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.longs;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.Parallel;

/** Pooling over windows, a plane at a time. */
final class Pooling {
    @FunctionalInterface
    private interface Window {
        /** The window's number within its plane, and the rows and columns that it covers, ends excluded. */
        void accept(int window, int top, int bottom, int left, int right);
    }

    private final Parallel parallel;

    Pooling(Parallel parallel) {
        this.parallel = parallel;
    }

    /** The windows of a plane, cut to it; taps keep their dilation. */
    private static void forEachWindow(WindowGeometry g, Shape x, Shape y, Window body) {
        for (int window = 0; window < y.size(2) * y.size(3); window++) {
            int top = window / y.size(3) * g.strideY() - g.padTop();
            int left = window % y.size(3) * g.strideX() - g.padLeft();
            body.accept(
                    window,
                    inside(top, g.dilationY()),
                    Math.min(x.size(2), top + g.height() * g.dilationY()),
                    inside(left, g.dilationX()),
                    Math.min(x.size(3), left + g.width() * g.dilationX()));
        }
    }

    /** The first tap that does not lie before the plane. */
    private static int inside(int start, int dilation) {
        return start >= 0 ? start : start + Math.ceilDiv(-start, dilation) * dilation;
    }

    private static int plane(Shape shape) {
        return shape.size(2) * shape.size(3);
    }

    void maxIndices(WindowGeometry g, DeviceArray x, DeviceArray out) {
        float[] data = floats(x);
        int width = x.shape().size(3);
        parallel.forEach(x.shape().size(0) * x.shape().size(1), p -> {
            int from = offset(x) + p * plane(x.shape());
            int to = offset(out) + p * plane(out.shape());
            forEachWindow(g, x.shape(), out.shape(), (window, top, bottom, left, right) -> {
                int best = -1;
                for (int row = top; row < bottom; row += g.dilationY()) {
                    for (int column = left; column < right; column += g.dilationX()) {
                        int i = row * width + column;
                        float value = data[from + i];
                        float champion = best < 0 ? Float.NaN : data[from + best];
                        boolean isNumber = !Float.isNaN(champion);
                        best = best < 0 || (isNumber && !(value <= champion)) ? i : best;
                    }
                }
                longs(out)[to + window] = best;
            });
        });
    }

    void sum(WindowGeometry g, DeviceArray x, DeviceArray out) {
        float[] data = floats(x);
        int width = x.shape().size(3);
        parallel.forEach(x.shape().size(0) * x.shape().size(1), p -> {
            int from = offset(x) + p * plane(x.shape());
            int to = offset(out) + p * plane(out.shape());
            forEachWindow(g, x.shape(), out.shape(), (window, top, bottom, left, right) -> {
                double sum = 0;
                for (int row = top; row < bottom; row += g.dilationY()) {
                    for (int column = left; column < right; column += g.dilationX()) {
                        sum += data[from + row * width + column];
                    }
                }
                floats(out)[to + window] = (float) sum;
            });
        });
    }

    void sumAdjoint(WindowGeometry g, DeviceArray u, DeviceArray out) {
        int width = out.shape().size(3);
        parallel.forEach(out.shape().size(0) * out.shape().size(1), p -> {
            double[] sums = new double[plane(out.shape())];
            int from = offset(u) + p * plane(u.shape());
            forEachWindow(g, out.shape(), u.shape(), (window, top, bottom, left, right) -> {
                for (int row = top; row < bottom; row += g.dilationY()) {
                    for (int column = left; column < right; column += g.dilationX()) {
                        sums[row * width + column] += floats(u)[from + window];
                    }
                }
            });
            for (int i = 0; i < sums.length; i++) {
                floats(out)[offset(out) + p * sums.length + i] = (float) sums[i];
            }
        });
    }
}
