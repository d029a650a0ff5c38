package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A product with few rows whose operands both run along the summation: A's rows and B's columns are contiguous. Nothing is
 * packed; each column of B is read from memory once, which is what bounds a linear layer at small batch.
 */
record DotProducts(int m, int n, int k, Matrix a, Matrix b, Matrix c, boolean accumulate) {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    /** Multiply-adds per chunk of columns. */
    private static final int CHUNK = 1 << 17;

    void run(Parallel parallel) {
        int columns = Math.max(1, (int) (CHUNK / Math.max(1L, (long) m * k)));
        parallel.forEach(Math.ceilDiv(n, columns), i -> columns(i * columns, Math.min(n, (i + 1) * columns)));
    }

    private void columns(int from, int to) {
        int j = from;
        for (; j + 2 <= to; j += 2) {
            int row = 0;
            for (; row + 4 <= m; row += 4) {
                fourRowsTwoColumns(row, j);
            }
            for (; row < m; row++) {
                oneRow(row, j);
                oneRow(row, j + 1);
            }
        }
        if (j < to) {
            oneColumn(j);
        }
    }

    private void oneColumn(int j) {
        int row = 0;
        for (; row + 4 <= m; row += 4) {
            fourRows(row, j);
        }
        for (; row < m; row++) {
            oneRow(row, j);
        }
    }

    private void oneRow(int row, int column) {
        float[] x = a.data(), y = b.data();
        int xAt = a.offset() + row * a.rowStride(), yAt = b.offset() + column * b.columnStride();
        FloatVector s0 = FloatVector.zero(S), s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (; i + 4 * L <= k; i += 4 * L) {
            s0 = multiplyAdd(x, xAt + i, y, yAt + i, s0);
            s1 = multiplyAdd(x, xAt + i + L, y, yAt + i + L, s1);
            s2 = multiplyAdd(x, xAt + i + 2 * L, y, yAt + i + 2 * L, s2);
            s3 = multiplyAdd(x, xAt + i + 3 * L, y, yAt + i + 3 * L, s3);
        }
        for (; i + L <= k; i += L) {
            s0 = multiplyAdd(x, xAt + i, y, yAt + i, s0);
        }
        store(row, column, s0.add(s1).add(s2.add(s3)), i);
    }

    /** The same sums as {@link #fourRows} of two columns at once, for which A's rows are read once. */
    private void fourRowsTwoColumns(int row, int column) {
        float[] x = a.data(), y = b.data();
        int step = a.rowStride();
        int x0 = a.offset() + row * step, x1 = x0 + step, x2 = x1 + step, x3 = x2 + step;
        int y0 = b.offset() + column * b.columnStride(), y1 = y0 + b.columnStride();
        FloatVector s0 = FloatVector.zero(S), s1 = s0, s2 = s0, s3 = s0;
        FloatVector t0 = s0, t1 = s0, t2 = s0, t3 = s0;
        int i = 0;
        for (; i + L <= k; i += L) {
            FloatVector v = FloatVector.fromArray(S, y, y0 + i), w = FloatVector.fromArray(S, y, y1 + i);
            FloatVector u = FloatVector.fromArray(S, x, x0 + i);
            s0 = u.fma(v, s0);
            t0 = u.fma(w, t0);
            u = FloatVector.fromArray(S, x, x1 + i);
            s1 = u.fma(v, s1);
            t1 = u.fma(w, t1);
            u = FloatVector.fromArray(S, x, x2 + i);
            s2 = u.fma(v, s2);
            t2 = u.fma(w, t2);
            u = FloatVector.fromArray(S, x, x3 + i);
            s3 = u.fma(v, s3);
            t3 = u.fma(w, t3);
        }
        store(row, column, s0, s1, s2, s3, i);
        store(row, column + 1, t0, t1, t2, t3, i);
    }

    private void store(int row, int column, FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3, int done) {
        store(row, column, s0, done);
        store(row + 1, column, s1, done);
        store(row + 2, column, s2, done);
        store(row + 3, column, s3, done);
    }

    private void fourRows(int row, int column) {
        float[] x = a.data(), y = b.data();
        int step = a.rowStride();
        int xAt = a.offset() + row * step, yAt = b.offset() + column * b.columnStride();
        FloatVector s0 = FloatVector.zero(S), s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (; i + L <= k; i += L) {
            FloatVector v = FloatVector.fromArray(S, y, yAt + i);
            s0 = FloatVector.fromArray(S, x, xAt + i).fma(v, s0);
            s1 = FloatVector.fromArray(S, x, xAt + step + i).fma(v, s1);
            s2 = FloatVector.fromArray(S, x, xAt + 2 * step + i).fma(v, s2);
            s3 = FloatVector.fromArray(S, x, xAt + 3 * step + i).fma(v, s3);
        }
        store(row, column, s0, s1, s2, s3, i);
    }

    private static FloatVector multiplyAdd(float[] x, int xAt, float[] y, int yAt, FloatVector sum) {
        return FloatVector.fromArray(S, x, xAt).fma(FloatVector.fromArray(S, y, yAt), sum);
    }

    /** Adds the steps from {@code done} on, which do not fill a vector, and writes the element. */
    private void store(int row, int column, FloatVector lanes, int done) {
        float sum = Lanes.sum(lanes);
        int xAt = a.offset() + row * a.rowStride(), yAt = b.offset() + column * b.columnStride();
        for (int i = done; i < k; i++) {
            sum = Math.fma(a.data()[xAt + i], b.data()[yAt + i], sum);
        }
        int at = c.offset() + row * c.rowStride() + column * c.columnStride();
        c.data()[at] = accumulate ? c.data()[at] + sum : sum;
    }
}
