package dev.backlight.kernels.scalar;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;

/** Softmax along any axis and its logarithm, computed in double but for the exponentials kept between two passes. */
final class Softmax {
    private final Parallel parallel;

    Softmax(Parallel parallel) {
        this.parallel = parallel;
    }

    void compute(Primitive.Softmax softmax, DeviceArray in, DeviceArray out) {
        int axis = in.shape().axis(softmax.axis());
        int stride = (int) in.shape().strides()[axis];
        int size = in.shape().size(axis);
        int rows = (int) (in.shape().elements() / size);
        Chunks.forEach(parallel, rows, Math.max(1, Chunks.SIZE / size), (from, to) -> {
            for (int row = from; row < to; row++) {
                int first = row / stride * stride * size + row % stride;
                Row one = new Row(floats(in), offset(in) + first, floats(out), offset(out) + first, stride, size);
                if (softmax.logarithm()) {
                    one.logarithms();
                } else {
                    one.quotients();
                }
            }
        });
    }

    private record Row(float[] x, int at, float[] y, int to, int stride, int size) {
        void quotients() {
            double largest = largest();
            double sum = 0;
            for (int k = 0; k < size; k++) {
                double e = Math.exp(x[at + k * stride] - largest);
                sum += e;
                y[to + k * stride] = (float) e;
            }
            double scale = 1 / sum;
            for (int k = 0; k < size; k++) {
                y[to + k * stride] = (float) (y[to + k * stride] * scale);
            }
        }

        void logarithms() {
            double largest = largest();
            double sum = 0;
            for (int k = 0; k < size; k++) {
                sum += Math.exp(x[at + k * stride] - largest);
            }
            double log = Math.log(sum);
            for (int k = 0; k < size; k++) {
                y[to + k * stride] = (float) (x[at + k * stride] - largest - log);
            }
        }

        private double largest() {
            float largest = Float.NEGATIVE_INFINITY;
            for (int k = 0; k < size; k++) {
                largest = Math.max(largest, x[at + k * stride]);
            }
            return largest;
        }
    }
}
