package dev.backlight.kernels.cuda;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which tile a product is computed with, and into how many parts its sums are split so that all multiprocessors have work.
 *
 * @param splits parts of each sum; 1 writes results at once, more leave parts in a workspace for a second pass
 */
record ProductPlan(ProductTile tile, int splits) {
    /** Multiply-adds of F32 that one multiprocessor can do in a cycle. */
    private static final double RATE = 128;

    /** Cycles from asking for a slab to having it in shared memory, when nothing else is there to be done meanwhile. */
    private static final double LATENCY = 700;

    /** Cycles that a block spends before its first slab and after its last. */
    private static final double SURROUNDINGS = 1500;

    /** Cycles that the launch of a second pass costs, and bytes per cycle of the whole device while it adds parts. */
    private static final double SECOND_PASS = 4000;

    private static final double BYTES_PER_CYCLE = 1700;

    private static final int LEAST_SLABS_PER_PART = 4;
    private static final long MOST_WORKSPACE = 256L << 20;

    /**
     * The sizes of a product.
     *
     * @param rows of each matrix to write, likewise {@code columns}
     * @param terms of each sum
     * @param batches products of these sizes
     * @param bytes of all results together
     */
    record Sizes(int rows, int columns, int terms, long batches, long bytes) {}

    /** The cheapest plan by {@link #cycles}. */
    static ProductPlan choose(Sizes sizes, List<ProductTile> tiles, int multiprocessors) {
        return tiles.stream()
                .flatMap(tile -> Stream.iterate(1, splits -> splits <= mostSplits(tile, sizes), ProductPlan::more)
                        .map(splits -> new ProductPlan(tile, splits)))
                .min(Comparator.comparingDouble(plan -> plan.cycles(sizes, multiprocessors)))
                .orElseThrow();
    }

    /** 1, 2, 3, 4, 6, 8, 12, 16, … */
    private static int more(int splits) {
        boolean power = Integer.bitCount(splits) == 1;
        return splits < 2 ? splits + 1 : power ? splits + splits / 2 : splits / 3 * 4;
    }

    private static long mostSplits(ProductTile tile, Sizes sizes) {
        long bySlabs = Math.ceilDiv(sizes.terms(), tile.slab()) / LEAST_SLABS_PER_PART;
        return Math.max(1, Math.min(bySlabs, MOST_WORKSPACE / Math.max(1, sizes.bytes())));
    }

    /** Blocks of the launch. */
    long blocks(Sizes sizes) {
        long tiles = (long) Math.ceilDiv(sizes.rows(), tile.rows()) * Math.ceilDiv(sizes.columns(), tile.columns());
        return tiles * sizes.batches() * splits;
    }

    /**
     * The time this plan should take, in cycles. A multiprocessor works on a few blocks at once; a round of them takes as long
     * as their multiply-adds at the tile's efficiency, but no less than it takes to wait for each slab of one of them.
     */
    double cycles(Sizes sizes, int multiprocessors) {
        long blocks = Math.ceilDiv(blocks(sizes), multiprocessors);
        double slabs = Math.ceilDiv(Math.ceilDiv(sizes.terms(), tile.slab()), splits);
        double work = slabs * tile.slab() * tile.rows() * tile.columns() / (RATE * tile.efficiency());
        double full = Math.max(tile.residents() * work, slabs * LATENCY) + SURROUNDINGS;
        long left = blocks % tile.residents();
        double last = left == 0 ? 0 : Math.max(left * work, slabs * LATENCY) + SURROUNDINGS;
        double secondPass = splits == 1 ? 0 : SECOND_PASS + (splits + 1.0) * sizes.bytes() / BYTES_PER_CYCLE;
        long rounds = blocks / tile.residents();
        return rounds * full + last + secondPass;
    }
}
