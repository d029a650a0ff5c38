package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A product with few rows whose right operand has contiguous rows: each row of C is a weighted sum of B's rows, added up in
 * the order of the steps. Nothing is packed; B is read from memory once, in long runs, which is what bounds the gradient of a
 * linear layer at small batch.
 */
record WeightedRows(int m, int n, int k, Matrix a, Matrix b, Matrix c, boolean accumulate) {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    /** Elements of C that a chunk adds to: with the rows of B beside them they stay in the first-level cache. */
    private static final int CHUNK = 1 << 12;

    void run(Parallel parallel) {
        int fair = Math.ceilDiv(n, 4 * parallel.threads());
        int columns = Math.max(CHUNK / 16, Math.min(fair, CHUNK / m)) / L * L;
        parallel.forEach(Math.ceilDiv(n, columns), i -> columns(i * columns, Math.min(n, (i + 1) * columns)));
    }

    private void columns(int from, int to) {
        if (!accumulate) {
            for (int i = 0; i < m; i++) {
                Arrays.fill(c.data(), at(i, from), at(i, to), 0);
            }
        }
        int step = 0;
        for (; step + 4 <= k; step += 4) {
            int row = 0;
            for (; row + 2 <= m; row += 2) {
                twoRows(row, step, from, to);
            }
            if (row < m) {
                oneRow(row, step, from, to);
            }
        }
        addOneByOne(0, m, step, k, from, to);
    }

    /** Adds four steps to two rows: one load of C for four multiply-adds, one of B for two. */
    private void twoRows(int row, int step, int from, int to) {
        float[] x = b.data(), y = c.data();
        FloatVector u0 = weight(row, step), u1 = weight(row, step + 1);
        FloatVector u2 = weight(row, step + 2), u3 = weight(row, step + 3);
        FloatVector v0 = weight(row + 1, step), v1 = weight(row + 1, step + 1);
        FloatVector v2 = weight(row + 1, step + 2), v3 = weight(row + 1, step + 3);
        int b0 = b.offset() + step * b.rowStride(), b1 = b0 + b.rowStride();
        int b2 = b1 + b.rowStride(), b3 = b2 + b.rowStride();
        int c0 = c.offset() + row * c.rowStride(), c1 = c0 + c.rowStride();
        int j = from;
        for (; j + L <= to; j += L) {
            FloatVector x0 = FloatVector.fromArray(S, x, b0 + j), x1 = FloatVector.fromArray(S, x, b1 + j);
            FloatVector x2 = FloatVector.fromArray(S, x, b2 + j), x3 = FloatVector.fromArray(S, x, b3 + j);
            FloatVector u = u1.fma(x1, u0.fma(x0, FloatVector.fromArray(S, y, c0 + j)));
            FloatVector v = v1.fma(x1, v0.fma(x0, FloatVector.fromArray(S, y, c1 + j)));
            u3.fma(x3, u2.fma(x2, u)).intoArray(y, c0 + j);
            v3.fma(x3, v2.fma(x2, v)).intoArray(y, c1 + j);
        }
        addOneByOne(row, row + 2, step, step + 4, j, to);
    }

    private void oneRow(int row, int step, int from, int to) {
        float[] x = b.data(), y = c.data();
        FloatVector u0 = weight(row, step), u1 = weight(row, step + 1);
        FloatVector u2 = weight(row, step + 2), u3 = weight(row, step + 3);
        int b0 = b.offset() + step * b.rowStride(), b1 = b0 + b.rowStride();
        int b2 = b1 + b.rowStride(), b3 = b2 + b.rowStride();
        int c0 = c.offset() + row * c.rowStride();
        int j = from;
        for (; j + L <= to; j += L) {
            FloatVector u = u0.fma(FloatVector.fromArray(S, x, b0 + j), FloatVector.fromArray(S, y, c0 + j));
            u = u1.fma(FloatVector.fromArray(S, x, b1 + j), u);
            u = u2.fma(FloatVector.fromArray(S, x, b2 + j), u);
            u3.fma(FloatVector.fromArray(S, x, b3 + j), u).intoArray(y, c0 + j);
        }
        addOneByOne(row, row + 1, step, step + 4, j, to);
    }

    private FloatVector weight(int row, int step) {
        return FloatVector.broadcast(S, a.data()[a.offset() + row * a.rowStride() + step * a.columnStride()]);
    }

    /** What fills neither a vector nor a group of steps. */
    private void addOneByOne(int rowFrom, int rowTo, int stepFrom, int stepTo, int from, int to) {
        for (int row = rowFrom; row < rowTo; row++) {
            for (int step = stepFrom; step < stepTo; step++) {
                float u = a.data()[a.offset() + row * a.rowStride() + step * a.columnStride()];
                int x = b.offset() + step * b.rowStride(), y = at(row, 0);
                for (int j = from; j < to; j++) {
                    c.data()[y + j] = Math.fma(u, b.data()[x + j], c.data()[y + j]);
                }
            }
        }
    }

    private int at(int row, int column) {
        return c.offset() + row * c.rowStride() + column;
    }
}
