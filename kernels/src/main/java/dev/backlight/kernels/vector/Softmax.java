package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;

/**
 * Softmax along any axis and its logarithm. A row is passed over three times, for its largest element, for the sum of its
 * exponentials and to be written, which costs one pass over memory while it stays in the cache.
 */
final class Softmax {
    private final Parallel parallel;

    Softmax(Parallel parallel) {
        this.parallel = parallel;
    }

    void compute(Primitive.Softmax softmax, DeviceArray in, DeviceArray out) {
        int axis = in.shape().axis(softmax.axis());
        int size = in.shape().size(axis);
        int inner = (int) in.shape().strides()[axis];
        int rows = (int) (in.shape().elements() / size);
        if (inner == 1) {
            rows(softmax.logarithm(), Span.of(in), Span.of(out), rows, size);
        } else {
            columns(softmax.logarithm(), Span.of(in), Span.of(out), rows / inner, size, inner);
        }
    }

    private void rows(boolean logarithm, Span x, Span y, int rows, int size) {
        Chunks.forEach(parallel, rows, Math.max(1, Chunks.SIZE / size), (from, to) -> {
            for (int row = from; row < to; row++) {
                int first = row * size;
                if (logarithm) {
                    SoftmaxRows.logarithms(x.data(), x.at() + first, y.data(), y.at() + first, size);
                } else {
                    SoftmaxRows.quotients(x.data(), x.at() + first, y.data(), y.at() + first, size);
                }
            }
        });
    }

    /** Whole vectors of neighbouring rows at a time. */
    private void columns(boolean logarithm, Span x, Span y, int planes, int size, int inner) {
        int lanes = Lanes.FLOAT.length();
        int vectors = Math.ceilDiv(inner, lanes);
        int together = Math.max(1, Chunks.SIZE / lanes / size);
        Chunks.forEach(parallel, planes * vectors, together, (from, to) -> {
            for (int i = from; i < to; i++) {
                int column = i % vectors * lanes;
                int first = i / vectors * size * inner + column;
                int count = Math.min(lanes, inner - column);
                if (logarithm) {
                    SoftmaxColumns.logarithms(x.data(), x.at() + first, y.data(), y.at() + first, size, inner, count);
                } else {
                    SoftmaxColumns.quotients(x.data(), x.at() + first, y.data(), y.at() + first, size, inner, count);
                }
            }
        });
    }
}
