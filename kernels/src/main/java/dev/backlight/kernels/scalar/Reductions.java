package dev.backlight.kernels.scalar;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive.Reduction;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;
import dev.backlight.kernels.common.StridedRuns;

/** Reductions over any axes, accumulated in double. */
final class Reductions {
    private final Parallel parallel;

    Reductions(Parallel parallel) {
        this.parallel = parallel;
    }

    void reduce(Reduction reduction, DeviceArray in, DeviceArray out) {
        Shape kept = out.shape();
        Shape reduced = in.shape();
        long[] ofKept = in.shape().strides();
        long[] ofReduced = ofKept.clone();
        for (int axis = 0; axis < kept.rank(); axis++) {
            boolean isKept = kept.size(axis) == in.shape().size(axis);
            reduced = isKept ? reduced.with(axis, 1) : reduced;
            (isKept ? ofReduced : ofKept)[axis] = 0;
        }
        int terms = (int) reduced.elements();
        StridedRuns results = new StridedRuns(kept, new int[] {offset(in)}, ofKept);
        StridedRuns operands = new StridedRuns(reduced, new int[1], ofReduced);
        float[] y = floats(out);
        int size = Math.max(1, Chunks.SIZE / Math.max(1, terms));
        Chunks.forEach(parallel, (int) kept.elements(), size, (from, to) -> {
            Accumulator accumulator = new Accumulator(reduction, floats(in), operands.stride(0));
            results.forEach(from, to, (dense, at, length) -> {
                for (int i = 0; i < length; i++) {
                    accumulator.start(at[0] + i * results.stride(0));
                    operands.forEach(0, terms, accumulator);
                    y[offset(out) + dense + i] = (float) accumulator.value;
                }
            });
        });
    }

    private static final class Accumulator implements StridedRuns.Run {
        private final Reduction reduction;
        private final float[] x;
        private final int stride;
        private int base;
        double value;

        Accumulator(Reduction reduction, float[] x, int stride) {
            this.reduction = reduction;
            this.x = x;
            this.stride = stride;
        }

        void start(int at) {
            base = at;
            value = switch (reduction) {
                case SUM -> 0;
                case MAX -> Double.NEGATIVE_INFINITY;
                case MIN -> Double.POSITIVE_INFINITY;
            };
        }

        @Override
        public void accept(int dense, int[] at, int length) {
            double result = value;
            switch (reduction) {
                case SUM -> {
                    for (int i = 0, from = base + at[0]; i < length; i++, from += stride) {
                        result += x[from];
                    }
                }
                case MAX -> {
                    for (int i = 0, from = base + at[0]; i < length; i++, from += stride) {
                        result = Math.max(result, x[from]);
                    }
                }
                case MIN -> {
                    for (int i = 0, from = base + at[0]; i < length; i++, from += stride) {
                        result = Math.min(result, x[from]);
                    }
                }
            }
            value = result;
        }
    }

    void channelDot(DeviceArray x, DeviceArray y, DeviceArray out) {
        int batch = x.shape().size(0);
        int channels = x.shape().size(1);
        int plane = (int) (x.shape().elements() / Math.max(1, batch * channels));
        parallel.forEach(channels, c -> {
            double sum = 0;
            for (int n = 0; n < batch; n++) {
                int from = (n * channels + c) * plane;
                for (int i = from; i < from + plane; i++) {
                    sum += (double) floats(x)[offset(x) + i] * floats(y)[offset(y) + i];
                }
            }
            floats(out)[offset(out) + c] = (float) sum;
        });
    }
}
