package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** Matrix products in double precision: one register tile of four rows by two vectors. Doubles serve checking, not speed. */
public final class DoubleGemm {
    private static final VectorSpecies<Double> S = Lanes.DOUBLE;
    private static final int L = S.length();
    private static final int PANEL = 2 * L;
    private static final int ROWS = 4;

    private static final ThreadLocal<double[]> PANELS = ThreadLocal.withInitial(() -> new double[0]);

    private final Parallel parallel;

    public DoubleGemm(Parallel parallel) {
        this.parallel = parallel;
    }

    /** A matrix inside an array, as {@link Matrix}. */
    public record View(double[] data, int offset, int rowStride, int columnStride) {
        double at(int i, int j) {
            return data[offset + i * rowStride + j * columnStride];
        }

        public View transposed() {
            return new View(data, offset, columnStride, rowStride);
        }
    }

    /** C = A·B, or C += A·B; A is m×k, B is k×n. */
    public void multiply(int m, int n, int k, View a, View b, View c, boolean accumulate) {
        parallel.forEach(Math.ceilDiv(n, PANEL), p -> {
            double[] panel = pack(k, n, b, p * PANEL);
            double[] tile = new double[ROWS * PANEL];
            for (int row = 0; row < m; row += ROWS) {
                tile(k, a, row, m, panel, tile);
                store(tile, row, m, p * PANEL, n, c, accumulate);
            }
        });
    }

    private static double[] pack(int k, int n, View b, int column) {
        double[] panel = PANELS.get();
        if (panel.length < k * PANEL) {
            panel = new double[k * PANEL];
            PANELS.set(panel);
        }
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < PANEL; j++) {
                panel[i * PANEL + j] = column + j < n ? b.at(i, column + j) : 0;
            }
        }
        return panel;
    }

    /** Rows past the last repeat it; they are not stored. */
    private static void tile(int k, View a, int row, int m, double[] panel, double[] tile) {
        double[] x = a.data();
        int step = a.columnStride();
        int r0 = rowAt(a, row, m), r1 = rowAt(a, row + 1, m), r2 = rowAt(a, row + 2, m), r3 = rowAt(a, row + 3, m);
        DoubleVector c00 = DoubleVector.zero(S), c01 = c00, c10 = c00, c11 = c00;
        DoubleVector c20 = c00, c21 = c00, c30 = c00, c31 = c00;
        for (int i = 0; i < k; i++) {
            DoubleVector b0 = DoubleVector.fromArray(S, panel, i * PANEL);
            DoubleVector b1 = DoubleVector.fromArray(S, panel, i * PANEL + L);
            DoubleVector v = DoubleVector.broadcast(S, x[r0 + i * step]);
            c00 = v.fma(b0, c00);
            c01 = v.fma(b1, c01);
            v = DoubleVector.broadcast(S, x[r1 + i * step]);
            c10 = v.fma(b0, c10);
            c11 = v.fma(b1, c11);
            v = DoubleVector.broadcast(S, x[r2 + i * step]);
            c20 = v.fma(b0, c20);
            c21 = v.fma(b1, c21);
            v = DoubleVector.broadcast(S, x[r3 + i * step]);
            c30 = v.fma(b0, c30);
            c31 = v.fma(b1, c31);
        }
        c00.intoArray(tile, 0);
        c01.intoArray(tile, L);
        c10.intoArray(tile, PANEL);
        c11.intoArray(tile, PANEL + L);
        c20.intoArray(tile, 2 * PANEL);
        c21.intoArray(tile, 2 * PANEL + L);
        c30.intoArray(tile, 3 * PANEL);
        c31.intoArray(tile, 3 * PANEL + L);
    }

    private static int rowAt(View a, int row, int m) {
        return a.offset() + Math.min(row, m - 1) * a.rowStride();
    }

    private static void store(double[] tile, int row, int m, int column, int n, View c, boolean accumulate) {
        for (int r = 0; r < ROWS && row + r < m; r++) {
            for (int j = 0; j < PANEL && column + j < n; j++) {
                int at = c.offset() + (row + r) * c.rowStride() + (column + j) * c.columnStride();
                double value = tile[r * PANEL + j];
                c.data()[at] = accumulate ? c.data()[at] + value : value;
            }
        }
    }
}
