package dev.backlight.kernels.vector;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive.Reduction;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;
import dev.backlight.kernels.common.StridedRuns;
import java.util.Arrays;

/**
 * Sums, maxima and minima over any axes. What one output sums over is cut into pieces of a fixed size, whose results are
 * combined in double and in order, so that neither the number of threads nor the length of a sum costs digits.
 */
final class Reductions {
    /** Elements of a piece. */
    private static final int PIECE = 1 << 15;

    /** Neighbouring outputs, neighbours in memory too, that are reduced together where each reduces several pieces. */
    private static final int COLUMNS = 512;

    private final Parallel parallel;

    Reductions(Parallel parallel) {
        this.parallel = parallel;
    }

    void reduce(Reduction reduction, DeviceArray in, DeviceArray out) {
        new Pass(reduction, in, out).run();
    }

    private final class Pass {
        private final Reduction reduction;
        private final float[] source;
        private final float[] target;
        private final int targetAt;
        private final int outputs;
        private final int terms;
        /** Outputs, with their first element as operand. */
        private final StridedRuns kept;
        /** What an output reduces, as displacements from its first element. */
        private final StridedRuns reduced;

        Pass(Reduction reduction, DeviceArray in, DeviceArray out) {
            this.reduction = reduction;
            this.source = floats(in);
            this.target = floats(out);
            this.targetAt = offset(out);
            this.outputs = (int) out.shape().elements();
            Shape folded = in.shape();
            for (int axis = 0; axis < folded.rank(); axis++) {
                if (out.shape().size(axis) != 1) {
                    folded = folded.with(axis, 1);
                }
            }
            this.terms = (int) folded.elements();
            long[] strides = in.shape().strides();
            this.kept = new StridedRuns(out.shape(), new int[] {offset(in)}, strides);
            this.reduced = new StridedRuns(folded, new int[] {0}, strides);
        }

        void run() {
            boolean along = reduced.stride(0) == 1 || terms == 1 || kept.stride(0) != 1;
            int columns = along ? 1 : Math.min(COLUMNS, kept.runLength());
            int pieceTerms = Math.max(1, PIECE / columns);
            int pieces = Math.max(1, Math.ceilDiv(terms, pieceTerms));
            double[] partials = pieces == 1 ? new double[0] : new double[pieces * outputs];
            int together = pieces > 1 ? columns : even(columns);
            int groups = Math.ceilDiv(outputs, together);
            parallel.forEach(groups * pieces, i -> {
                int first = i / pieces * together;
                int piece = i % pieces;
                int begin = piece * pieceTerms;
                int end = Math.min(terms, begin + pieceTerms);
                double[] values = new double[Math.min(together, outputs - first)];
                kept.forEach(first, first + values.length, (output, at, length) -> {
                    if (along) {
                        for (int j = 0; j < length; j++) {
                            values[output - first + j] = single(at[0] + j * kept.stride(0), begin, end);
                        }
                    } else {
                        several(at[0], length, begin, end, values, output - first);
                    }
                });
                if (pieces == 1) {
                    write(first, values);
                } else {
                    System.arraycopy(values, 0, partials, piece * outputs + first, values.length);
                }
            });
            if (pieces > 1) {
                combine(partials, pieces);
            }
        }

        /** Outputs to a chunk: so many that each thread has as many chunks, and about {@code columns} at least. */
        private int even(int columns) {
            int least = Math.max(columns, Chunks.LEAST / Math.max(1, terms));
            int most = Math.max(columns, PIECE / Math.max(1, terms));
            return Math.max(1, Math.ceilDiv(outputs, Chunks.count(outputs, least, most, parallel.threads())));
        }

        private void write(int first, double[] values) {
            for (int j = 0; j < values.length; j++) {
                target[targetAt + first + j] = (float) values[j];
            }
        }

        private void combine(double[] partials, int pieces) {
            for (int o = 0; o < outputs; o++) {
                double value = identity();
                for (int piece = 0; piece < pieces; piece++) {
                    value = join(value, partials[piece * outputs + o]);
                }
                target[targetAt + o] = (float) value;
            }
        }

        private double identity() {
            return switch (reduction) {
                case SUM -> 0;
                case MAX -> Double.NEGATIVE_INFINITY;
                case MIN -> Double.POSITIVE_INFINITY;
            };
        }

        private double join(double a, double b) {
            return switch (reduction) {
                case SUM -> a + b;
                case MAX -> Math.max(a, b);
                case MIN -> Math.min(a, b);
            };
        }

        /** Terms begin … end−1 of the output whose first element is at {@code base}. */
        private double single(int base, int begin, int end) {
            double[] value = {identity()};
            int stride = reduced.stride(0);
            reduced.forEach(begin, end, (term, at, length) -> {
                if (stride == 1) {
                    value[0] = join(value[0], runOf(base + at[0], length));
                } else {
                    for (int i = 0; i < length; i++) {
                        value[0] = join(value[0], source[base + at[0] + i * stride]);
                    }
                }
            });
            return value[0];
        }

        private double runOf(int at, int length) {
            return switch (reduction) {
                case SUM -> Sums.run(source, at, length);
                case MAX -> Extremes.maximum(source, at, length);
                case MIN -> Extremes.minimum(source, at, length);
            };
        }

        /** The same for {@code count} outputs whose elements are neighbours. */
        private void several(int base, int count, int begin, int end, double[] values, int to) {
            Arrays.fill(values, to, to + count, identity());
            int stride = reduced.stride(0);
            reduced.forEach(begin, end, (term, at, length) -> {
                if (reduction == Reduction.SUM) {
                    Sums.addRows(source, base + at[0], stride, length, count, values, to);
                } else {
                    joinRows(base + at[0], stride, length, count, values, to);
                }
            });
        }

        private void joinRows(int at, int stride, int rows, int count, double[] values, int to) {
            for (int row = 0; row < rows; row++) {
                for (int j = 0; j < count; j++) {
                    values[to + j] = join(values[to + j], source[at + row * stride + j]);
                }
            }
        }
    }
}
