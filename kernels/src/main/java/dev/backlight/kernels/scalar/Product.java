package dev.backlight.kernels.scalar;

import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Products of matrices, in blocks that fit the caches. Rows of the right operand are brought into arrays of their own, whatever
 * they are made of, so that the inner loop runs over arrays with one common index: C2 then vectorises it. (With offsets it would
 * have to prove that the arrays do not overlap. It also needs {@link Math#fma}, which every x86 since 2013 and every ARMv8 has;
 * on older machines this class is slow.)
 */
final class Product {
    /** Columns of a block: a row of it is a few vectors, whatever their width. */
    static final int COLUMNS = 256;

    /** Terms summed before they are added to the result. */
    static final int DEPTH = 64;

    /** Rows that share a packed block of the right operand. */
    static final int ROWS = 64;

    /** Rows and terms of the innermost loop. */
    static final int TILE = 4;

    private Product() {}

    /** The right operand, row by row. */
    @FunctionalInterface
    interface Right {
        /** Columns {@code from} … {@code from + count − 1} of row {@code k}. */
        void row(int k, int from, int count, float[] into);
    }

    /** Element (i, k) of the left operand is {@code data[at + i·rowStride + columns[k]]}. */
    record Left(float[] data, int at, int rowStride, int[] columns) {}

    /** Element (i, j) of the result is {@code data[at + i·rowStride + (j / width)·lineStride + (j % width)·step]}. */
    record Target(float[] data, int at, int rowStride, int width, int lineStride, int step) {}

    /** One product; {@code bias[biasAt + i]} is added to row i. */
    record Job(Left left, Right right, Target target, float @Nullable [] bias, int biasAt) {}

    /** {@code jobs} products of m×k by k×n, all blocks of all of them divided over the threads. */
    static void run(Parallel parallel, int jobs, int m, int n, int k, IntFunction<Job> job) {
        int blocks = Math.ceilDiv(n, COLUMNS);
        int parts = Math.ceilDiv(m, ROWS);
        parallel.forEach(jobs * blocks * parts, chunk -> {
            int column = chunk / parts % blocks * COLUMNS;
            int row = chunk % parts * ROWS;
            Block block = new Block(
                    job.apply(chunk / (parts * blocks)),
                    row,
                    Math.min(ROWS, m - row),
                    column,
                    Math.min(COLUMNS, n - column));
            block.clear();
            for (int first = 0; first < k; first += DEPTH) {
                block.add(first, Math.min(DEPTH, k - first));
            }
        });
    }

    /** A block of the result. */
    private record Block(Job job, int row, int rows, int column, int columns) {
        /** The bias, or zeros. */
        void clear() {
            float[] sums = Workspace.sums()[0];
            for (int i = row; i < row + rows; i++) {
                Arrays.fill(sums, job.bias == null ? 0 : job.bias[job.biasAt + i]);
                store(i, sums, false);
            }
        }

        /** Adds the terms {@code first} … {@code first + count − 1}; both operands are padded to whole tiles with zeros. */
        void add(int first, int count) {
            int depth = Math.ceilDiv(count, TILE) * TILE;
            float[][] panel = Workspace.panel();
            float[][] left = Workspace.left();
            float[][] sums = Workspace.sums();
            for (int k = 0; k < depth; k++) {
                if (k < count) {
                    job.right.row(first + k, column, columns, panel[k]);
                } else {
                    Arrays.fill(panel[k], 0, columns, 0);
                }
            }
            for (int i = 0; i < rows; i++) {
                packLeft(row + i, first, count, left[i]);
            }
            for (int i = 0; i < rows; i += TILE) {
                int tile = Math.min(TILE, rows - i);
                for (int r = 0; r < tile; r++) {
                    Arrays.fill(sums[r], 0, columns, 0);
                }
                for (int k = 0; k < depth; k += TILE) {
                    if (tile == TILE) {
                        fourRows(left, i, panel, k, sums, columns);
                    } else {
                        for (int r = 0; r < tile; r++) {
                            oneRow(left[i + r], panel, k, sums[r], columns);
                        }
                    }
                }
                for (int r = 0; r < tile; r++) {
                    store(row + i + r, sums[r], true);
                }
            }
        }

        private void packLeft(int i, int first, int count, float[] into) {
            Left left = job.left;
            int at = left.at + i * left.rowStride;
            for (int k = 0; k < count; k++) {
                into[k] = left.data[at + left.columns[first + k]];
            }
            Arrays.fill(into, count, DEPTH, 0);
        }

        private void store(int i, float[] sums, boolean add) {
            Target t = job.target;
            int j = 0;
            while (j < columns) {
                int line = (column + j) / t.width;
                int within = (column + j) % t.width;
                int length = Math.min(t.width - within, columns - j);
                int to = t.at + i * t.rowStride + line * t.lineStride + within * t.step;
                for (int end = j + length; j < end; j++, to += t.step) {
                    t.data[to] = add ? t.data[to] + sums[j] : sums[j];
                }
            }
        }
    }

    private static void fourRows(float[][] a, int i, float[][] b, int k, float[][] c, int n) {
        float[] b0 = b[k], b1 = b[k + 1], b2 = b[k + 2], b3 = b[k + 3];
        float[] c0 = c[0], c1 = c[1], c2 = c[2], c3 = c[3];
        float a00 = a[i][k], a01 = a[i][k + 1], a02 = a[i][k + 2], a03 = a[i][k + 3];
        float a10 = a[i + 1][k], a11 = a[i + 1][k + 1], a12 = a[i + 1][k + 2], a13 = a[i + 1][k + 3];
        float a20 = a[i + 2][k], a21 = a[i + 2][k + 1], a22 = a[i + 2][k + 2], a23 = a[i + 2][k + 3];
        float a30 = a[i + 3][k], a31 = a[i + 3][k + 1], a32 = a[i + 3][k + 2], a33 = a[i + 3][k + 3];
        for (int j = 0; j < n; j++) {
            float x0 = b0[j], x1 = b1[j], x2 = b2[j], x3 = b3[j];
            c0[j] = Math.fma(a03, x3, Math.fma(a02, x2, Math.fma(a01, x1, Math.fma(a00, x0, c0[j]))));
            c1[j] = Math.fma(a13, x3, Math.fma(a12, x2, Math.fma(a11, x1, Math.fma(a10, x0, c1[j]))));
            c2[j] = Math.fma(a23, x3, Math.fma(a22, x2, Math.fma(a21, x1, Math.fma(a20, x0, c2[j]))));
            c3[j] = Math.fma(a33, x3, Math.fma(a32, x2, Math.fma(a31, x1, Math.fma(a30, x0, c3[j]))));
        }
    }

    private static void oneRow(float[] a, float[][] b, int k, float[] c, int n) {
        float[] b0 = b[k], b1 = b[k + 1], b2 = b[k + 2], b3 = b[k + 3];
        float a0 = a[k], a1 = a[k + 1], a2 = a[k + 2], a3 = a[k + 3];
        for (int j = 0; j < n; j++) {
            c[j] = Math.fma(a3, b3[j], Math.fma(a2, b2[j], Math.fma(a1, b1[j], Math.fma(a0, b0[j], c[j]))));
        }
    }
}
