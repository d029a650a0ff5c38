package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;
import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Matrix products in single precision: C = A·B or C += A·B, with either operand transposed by its strides. */
public final class Gemm {
    /** Most rows for which unpacked dot products beat packing: packing a value costs as much as a few multiply-adds. */
    private static final int SKINNY = 16;

    /** Multiply-adds below which threads cost more than they bring. */
    private static final long SERIAL = 1 << 18;

    /** Most packed values of A held at once: longer products take several passes over the steps. */
    private static final int PACKED = 1 << 23;

    private final Parallel parallel;

    public Gemm(Parallel parallel) {
        this.parallel = parallel;
    }

    /**
     * C = A·B, or C += A·B.
     *
     * @param m rows of A and C
     * @param n columns of B and C
     * @param k columns of A and rows of B
     */
    public void multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c, boolean accumulate) {
        if (m == 0 || n == 0) {
            return;
        }
        if (n < m && (n <= SKINNY || c.columnStride() != 1)) {
            multiply(n, m, k, b.transposed(), a.transposed(), c.transposed(), accumulate);
        } else if (k == 0 || (m <= SKINNY && a.columnStride() == 1 && b.rowStride() == 1)) {
            new DotProducts(m, n, k, a, b, c, accumulate).run(parallel);
        } else {
            packed(m, n, k, a, b, c, accumulate);
        }
    }

    /** The same for {@code batch} products whose operands lie the given distances apart (0 shares an operand). */
    public void multiplyBatch(
            int batch, int m, int n, int k, Matrix a, int aStep, Matrix b, int bStep, Matrix c, int cStep) {
        IntConsumer one =
                i -> multiply(m, n, k, a.shifted(i * aStep), b.shifted(i * bStep), c.shifted(i * cStep), false);
        boolean divideProducts = batch < parallel.threads();
        forEach(divideProducts ? 0 : (long) batch * m * n * k, batch, one);
    }

    private void packed(int m, int n, int k, Matrix a, Matrix b, Matrix c, boolean accumulate) {
        RowPlan plan = new RowPlan(m);
        int runs = Math.max(1, PACKED / (plan.paddedRows() * BlockedProduct.RUN));
        int slab = runs * BlockedProduct.RUN;
        for (int first = 0; first < k; first += slab) {
            int steps = Math.min(slab, k - first);
            Matrix aPart = a.shifted(first * a.columnStride());
            Matrix bPart = b.shifted(first * b.rowStride());
            PackedRows rows = new PackedRows(plan, steps, Scratch.ROWS.floats(plan.paddedRows() * steps), 0);
            PackedPanels panels =
                    new PackedPanels(steps, n, bPart.data(), bPart.offset(), bPart.rowStride(), bPart.columnStride());
            multiplySlab(rows, panels, aPart, c, accumulate || first > 0);
        }
    }

    private void multiplySlab(PackedRows rows, PackedPanels panels, Matrix a, Matrix c, boolean accumulate) {
        RowPlan plan = rows.plan();
        long work = (long) plan.rows() * panels.columns() * panels.steps();
        forEach(work, plan.tiles(), t -> rows.packTile(t, a.data(), a.offset(), a.rowStride(), a.columnStride()));
        TileSink sink = new Store(c, panels.columns(), accumulate);
        Blocks blocks = new Blocks(plan, Math.ceilDiv(panels.columns(), Lanes.PANEL), 1, parallel.threads());
        forEach(work, blocks.count(), i -> blocks.run(i, rows, panels, sink));
    }

    private void forEach(long work, int chunks, IntConsumer body) {
        if (work < SERIAL) {
            for (int i = 0; i < chunks; i++) {
                body.accept(i);
            }
        } else {
            parallel.forEach(chunks, body);
        }
    }

    /** Copies or adds a tile into C. */
    private record Store(Matrix c, int columns, boolean accumulate) implements TileSink {
        private static final VectorSpecies<Float> S = Lanes.FLOAT;

        @Override
        public void store(float[] tiles, int at, int panelStep, int row, int rows, int panelFrom, int panelTo) {
            for (int r = 0; r < rows; r++) {
                for (int p = panelFrom; p < panelTo; p++) {
                    storePiece(tiles, at + (p - panelFrom) * panelStep + r * Lanes.PANEL, row + r, p * Lanes.PANEL);
                }
            }
        }

        private void storePiece(float[] tiles, int from, int row, int column) {
            int live = Math.min(Lanes.PANEL, columns - column);
            int to = c.offset() + row * c.rowStride() + column * c.columnStride();
            if (c.columnStride() == 1) {
                storeRow(tiles, from, to, live);
                return;
            }
            for (int j = 0; j < live; j++) {
                int place = to + j * c.columnStride();
                c.data()[place] = accumulate ? c.data()[place] + tiles[from + j] : tiles[from + j];
            }
        }

        private void storeRow(float[] tiles, int from, int to, int live) {
            float[] out = c.data();
            for (int j = 0; j < live; j += S.length()) {
                VectorMask<Float> mask = S.indexInRange(j, live);
                FloatVector v = FloatVector.fromArray(S, tiles, from + j);
                if (accumulate) {
                    v = v.add(FloatVector.fromArray(S, out, to + j, mask));
                }
                v.intoArray(out, to + j, mask);
            }
        }
    }
}
