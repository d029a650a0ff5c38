package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;
import java.util.function.IntConsumer;

/**
 * Matrix products in single precision: C = A·B or C += A·B, with either operand transposed by its strides. Both operands are
 * packed once, by all threads, a slab of steps at a time; then blocks of C, each by one thread, are summed in place (the
 * division of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008).
 */
public final class Gemm {
    /** Most rows for which unpacked dot products beat packing: packing a value costs as much as a few multiply-adds. */
    private static final int SKINNY = 16;

    /** Most rows for which weighted rows beat packing. */
    private static final int FEW = 4;

    /** Multiply-adds below which threads cost more than they bring. */
    private static final long SERIAL = 1 << 18;

    /** Packed values held at once, unless one run of steps has more: longer products take several passes over the steps. */
    private static final int PACKED = 1 << 22;

    /** Most rows or columns of a part: a run of steps of either side's packed values takes 32 MiB. */
    private static final int PART = 1 << 12;

    /** A part's sides are multiples of it, and so of most tiles' sides. */
    private static final int WHOLE = 96;

    /** Tiles that are packed together. */
    private static final int TILES = 8;

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
        } else if (m <= FEW && b.columnStride() == 1 && c.columnStride() == 1) {
            new WeightedRows(m, n, k, a, b, c, accumulate).run(parallel);
        } else {
            packed(m, n, k, a, b, c, accumulate);
        }
    }

    /** The same for {@code batch} products whose operands lie the given distances apart (0 shares an operand). */
    public void multiplyBatch(
            int batch, int m, int n, int k, Matrix a, int aStep, Matrix b, int bStep, Matrix c, int cStep) {
        // then B is packed once for all
        boolean isOneProduct = bStep == 0 && aStep == m * a.rowStride() && cStep == m * c.rowStride();
        if (isOneProduct) {
            multiply(batch * m, n, k, a, b, c, false);
            return;
        }
        IntConsumer one =
                i -> multiply(m, n, k, a.shifted(i * aStep), b.shifted(i * bStep), c.shifted(i * cStep), false);
        boolean divideProducts = batch < parallel.threads();
        forEach(divideProducts ? 0 : (long) batch * m * n * k, batch, one);
    }

    /** In parts, so that packed operands are bounded; packing them again for each costs little at their size. */
    private void packed(int m, int n, int k, Matrix a, Matrix b, Matrix c, boolean accumulate) {
        int height = partLength(m), width = partLength(n);
        for (int row = 0; row < m; row += height) {
            Matrix rows = a.shifted(row * a.rowStride());
            for (int column = 0; column < n; column += width) {
                Matrix columns = b.shifted(column * b.columnStride());
                Matrix target = c.shifted(row * c.rowStride() + column * c.columnStride());
                part(Math.min(height, m - row), Math.min(width, n - column), k, rows, columns, target, accumulate);
            }
        }
    }

    private static int partLength(int side) {
        return Math.ceilDiv(BlockedProduct.evenLength(side, PART), WHOLE) * WHOLE;
    }

    private void part(int m, int n, int k, Matrix a, Matrix b, Matrix c, boolean accumulate) {
        RowPlan plan = new RowPlan(m);
        int width = PackedPanels.count(n) * Lanes.PANEL;
        int most = Math.max(InPlaceProduct.RUN, PACKED / (plan.paddedRows() + width));
        int slab = BlockedProduct.evenLength(k, most);
        for (int first = 0; first < k; first += slab) {
            int steps = Math.min(slab, k - first);
            PackedRows rows = new PackedRows(plan, steps, Scratch.ROWS.floats(plan.paddedRows() * steps), 0);
            PackedPanels panels = new PackedPanels(steps, n, Scratch.PANELS.floats(width * steps), 0);
            pack(a.shifted(first * a.columnStride()), rows, b.shifted(first * b.rowStride()), panels);
            multiply(new InPlaceProduct(rows, panels, c, accumulate || first > 0));
        }
    }

    /** Packs both operands once for all blocks, in pieces that the caches hold. */
    private void pack(Matrix a, PackedRows rows, Matrix b, PackedPanels panels) {
        int tiles = rows.plan().tiles();
        int count = PackedPanels.count(panels.columns());
        int tileGroups = Math.ceilDiv(tiles, TILES), panelGroups = Math.ceilDiv(count, BlockedProduct.PANELS);
        int passes = Math.ceilDiv(rows.steps(), BlockedProduct.RUN);
        long values = rows.size() + (long) panels.columns() * panels.steps();
        forEach(values, (tileGroups + panelGroups) * passes, i -> {
            int first = i % passes * BlockedProduct.RUN;
            int end = Math.min(first + BlockedProduct.RUN, rows.steps());
            int group = i / passes;
            if (group < tileGroups) {
                rows.pack(a, first, end, group * TILES, Math.min((group + 1) * TILES, tiles));
            } else {
                int from = (group - tileGroups) * BlockedProduct.PANELS;
                panels.pack(b, first, end, from, Math.min(from + BlockedProduct.PANELS, count));
            }
        });
    }

    private void multiply(InPlaceProduct product) {
        RowPlan plan = product.a().plan();
        PackedPanels panels = product.b();
        Blocks blocks = Blocks.inPlace(plan, PackedPanels.count(panels.columns()), parallel.threads());
        long work = (long) plan.rows() * panels.columns() * panels.steps();
        forEach(work, blocks.count(), i -> blocks.run(i, product));
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
}
