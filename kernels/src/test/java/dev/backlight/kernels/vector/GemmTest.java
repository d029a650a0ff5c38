package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Products against plain loops in double; an element of k steps may differ by the rounding of k additions. */
class GemmTest {
    private static final Parallel TWO = new Parallel(2);
    private static final Parallel ONE = new Parallel(1);

    @AfterAll
    static void close() {
        TWO.close();
    }

    @Test
    void agreesWithPlainLoopsOverASweepOfShapesAndStrides() {
        SplittableRandom random = new SplittableRandom(17);
        for (int i = 0; i < 300; i++) {
            check(new Case(random, 1 + random.nextInt(70), 1 + random.nextInt(90), random.nextInt(90)));
        }
    }

    @Test
    void agreesOnProductsOfSeveralBlocks() {
        SplittableRandom random = new SplittableRandom(18);
        check(new Case(random, 300, 290, 530));
        check(new Case(random, 13, 1000, 1030));
        check(new Case(random, 1000, 3, 700));
        check(new Case(random, 1, 1, 5000));
        check(new Case(random, 7, 500, 1100));
        check(new Case(random, 4200, 20, 40));
        check(new Case(random, 20, 4200, 40));
        check(new Case(random, 40, 70, 5000));
        check(new Case(random, 20, 4200, 2100));
    }

    @Test
    void theNumberOfThreadsDoesNotChangeABit() {
        SplittableRandom random = new SplittableRandom(19);
        for (int[] size :
                new int[][] {{64, 500, 300}, {4, 1000, 512}, {513, 100, 600}, {600, 520, 2600}, {20, 4200, 2100}}) {
            Case one = new Case(random, size[0], size[1], size[2]);
            float[] serial = one.run(new Gemm(ONE));
            for (int threads = 2; threads <= 5; threads++) {
                try (Parallel parallel = new Parallel(threads)) {
                    assertArrayEquals(serial, one.run(new Gemm(parallel)));
                }
            }
        }
    }

    @Test
    void batchesEqualTheirProducts() {
        SplittableRandom random = new SplittableRandom(20);
        int m = 20, n = 40, k = 30, batch = 7;
        float[] a = values(random, batch * m * k), b = values(random, k * n);
        float[] together = new float[batch * m * n], apart = new float[batch * m * n];
        Gemm gemm = new Gemm(TWO);
        Matrix bView = Matrix.rowMajor(b, 0, n);
        gemm.multiplyBatch(
                batch, m, n, k, Matrix.rowMajor(a, 0, k), m * k, bView, 0, Matrix.rowMajor(together, 0, n), m * n);
        for (int i = 0; i < batch; i++) {
            Matrix c = Matrix.rowMajor(apart, i * m * n, n);
            gemm.multiply(m, n, k, Matrix.rowMajor(a, i * m * k, k), bView, c, false);
        }
        assertArrayEquals(apart, together);
    }

    @Test
    void doublesAgreeWithPlainLoops() {
        SplittableRandom random = new SplittableRandom(21);
        for (int i = 0; i < 60; i++) {
            int m = 1 + random.nextInt(40), n = 1 + random.nextInt(40), k = random.nextInt(60);
            double[] a = random.doubles((long) m * k, -1, 1).toArray();
            double[] b = random.doubles((long) k * n, -1, 1).toArray();
            double[] c = new double[m * n];
            Arrays.fill(c, 1);
            new DoubleGemm(TWO)
                    .multiply(
                            m,
                            n,
                            k,
                            new DoubleGemm.View(a, 0, 1, m),
                            new DoubleGemm.View(b, 0, n, 1),
                            new DoubleGemm.View(c, 0, n, 1),
                            true);
            for (int r = 0; r < m; r++) {
                for (int j = 0; j < n; j++) {
                    double sum = 1;
                    for (int s = 0; s < k; s++) {
                        sum += a[s * m + r] * b[s * n + j];
                    }
                    assertEquals(sum, c[r * n + j], 1e-13 * (k + 1));
                }
            }
        }
    }

    private static void check(Case one) {
        float[] actual = one.run(new Gemm(TWO));
        float[] before = one.c;
        for (int i = 0; i < before.length; i++) {
            assertEquals(one.expected(i), actual[i], 2e-7 * (one.k + 2), one + " at " + i);
        }
    }

    static float[] values(SplittableRandom random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    /** One random product: operands transposed or not, apart in memory, and C in a wider array with a margin to protect. */
    private static final class Case {
        final int m, n, k;
        final Matrix a, b;
        final float[] c;
        final int offset, row, column;
        final boolean accumulate;

        Case(SplittableRandom random, int m, int n, int k) {
            this.m = m;
            this.n = n;
            this.k = k;
            this.a = operand(random, m, k);
            this.b = operand(random, k, n);
            boolean across = random.nextInt(4) == 0;
            int gap = random.nextInt(3);
            offset = random.nextInt(5);
            row = across ? 1 : n + gap;
            column = across ? m + gap : 1;
            c = values(random, offset + (m + gap) * (n + gap) + 3);
            accumulate = random.nextBoolean();
        }

        private static Matrix operand(SplittableRandom random, int rows, int columns) {
            int gap = random.nextInt(3);
            int offset = random.nextInt(4);
            float[] data = values(random, offset + (rows + gap) * (columns + gap));
            return random.nextBoolean()
                    ? new Matrix(data, offset, columns + gap, 1)
                    : new Matrix(data, offset, 1, rows + gap);
        }

        float[] run(Gemm gemm) {
            float[] out = c.clone();
            gemm.multiply(m, n, k, a, b, new Matrix(out, offset, row, column), accumulate);
            return out;
        }

        double expected(int place) {
            int p = place - offset;
            int i = p < 0 ? m : column == 1 ? p / row : p % column;
            int j = p < 0 ? n : column == 1 ? p % row : p / column;
            if (i >= m || j >= n) {
                return c[place];
            }
            double sum = accumulate ? c[place] : 0;
            for (int s = 0; s < k; s++) {
                sum += (double) at(a, i, s) * at(b, s, j);
            }
            return sum;
        }

        private static float at(Matrix x, int i, int j) {
            return x.data()[x.offset() + i * x.rowStride() + j * x.columnStride()];
        }

        @Override
        public String toString() {
            return m + "×" + k + "·" + k + "×" + n + " into strides " + row + ", " + column + " accumulate "
                    + accumulate;
        }
    }
}
