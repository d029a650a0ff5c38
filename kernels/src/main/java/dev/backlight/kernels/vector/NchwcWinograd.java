package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;

/**
 * {@link Winograd} for images that keep a vector's worth of channels side by side (C/L×N×H×W×L): a pixel of a block of channels
 * is a vector, so that tiles need neither be cut out of lines nor joined to them. Every number is computed by the same
 * operations in the same order, so the bits are the same.
 *
 * <p>The tiles of all images follow each other, and a block of them is worked on at a time. Its inputs are transformed into
 * {@code V[product][group][channel block][tile][L]}, where a group is what one register tile covers, so that this reads its
 * inputs as one stream; then some of the tiles are multiplied by one panel of weights, for all products, and transformed back
 * while they are in the cache. Where all weights fit the cache, or tiles are many, a thread does the whole of a block.
 */
final class NchwcWinograd {
    private static final int L = Lanes.FLOAT.length();
    private static final int PANEL = Lanes.PANEL;

    /** Most weights that stay in the second-level cache beside the tiles of a small block. */
    private static final int FEW_WEIGHTS = 1 << 18;

    /** Tiles of a small block: one register tile of 512-bit machines. */
    private static final int SMALL_BLOCK = 14;

    /** Most transformed inputs of a block, unless it has fewer tiles than a chunk: they stay in the caches. */
    private static final int INPUTS = 1 << 20;

    /** Tiles that a weight brought from beyond the second-level cache serves; their products stay in it. */
    private static final int CHUNK = 64;

    /**
     * Fewest tiles of each thread, where threads work on blocks of their own: each reads all weights then, but nothing that
     * another has transformed, for which it would wait where cores do not share a cache.
     */
    private static final int OWN = 56;

    /** Chunks for each thread. */
    private static final int PER_THREAD = 2;

    /** Pixels of a run of tiles: what is between the two halves of a transform stays in the first-level cache. */
    private static final int RUN = 28;

    /** Stands for the rows of pixels above and below an image. */
    private static final float[] ZEROS = new float[(RUN + 2) * L];

    private final Parallel parallel;
    private final Winograd.Sizes s;
    private final WinogradTile tile;
    private final float[] weights;
    private final int tilesDown;
    private final int tilesAcross;
    private final int tiles;
    private final int panels;

    /** Whether each thread does the whole of a block. */
    private final boolean isApart;

    /** Tiles of a block. */
    private final int together;

    /** Elements from one product's inputs to the next. */
    private final int inputStep;

    /** By the tiles of a group, where each channel's inputs begin among those of the group. */
    private final int[][] offsets;

    /** @param weights packed by {@link NchwcWinogradWeights} for the same tile */
    NchwcWinograd(Parallel parallel, Winograd.Sizes sizes, WinogradTile tile, float[] weights) {
        this.parallel = parallel;
        this.s = sizes;
        this.tile = tile;
        this.weights = weights;
        this.tilesDown = Math.ceilDiv(s.outHeight(), tile.outputs());
        this.tilesAcross = Math.ceilDiv(s.outWidth(), tile.outputs());
        this.tiles = s.batch() * tilesDown * tilesAcross;
        this.panels = NchwcWinogradWeights.panels(s.outputs());
        boolean hasFewWeights = tile.products() * panels * PANEL * s.inputs() <= FEW_WEIGHTS;
        boolean areTilesMany = tiles >= OWN * parallel.threads();
        int large = Math.max(CHUNK, INPUTS / (tile.products() * s.inputs()));
        this.isApart = hasFewWeights || areTilesMany;
        if (hasFewWeights) {
            this.together = share(tiles, SMALL_BLOCK);
        } else if (areTilesMany) {
            int rounds = Math.ceilDiv(tiles, parallel.threads() * large);
            this.together = Math.ceilDiv(tiles, parallel.threads() * rounds);
        } else {
            this.together = share(tiles, large);
        }
        this.inputStep = spread(s.inputs() * together);
        this.offsets = new int[NchwcTile.SHAPES[0].positions() + 1][];
        for (NchwcTile shape : NchwcTile.SHAPES) {
            int[] places = new int[s.inputs()];
            Arrays.setAll(places, c -> c / L * shape.positions() * L + c % L);
            offsets[shape.positions()] = places;
        }
    }

    /** Even shares of about {@code most} items at most, in whole register tiles. */
    private static int share(int items, int most) {
        int register = NchwcTile.SHAPES[0].positions();
        int even = Math.ceilDiv(items, Math.ceilDiv(items, most));
        return items <= most ? items : Math.min(items, Math.ceilDiv(even, register) * register);
    }

    /** At least so many elements: an odd number of cache lines, which spreads arrays over the cache's sets. */
    private static int spread(int elements) {
        return 16 * (Math.ceilDiv(elements, 16) | 1);
    }

    /** y = x ⋆ w, put through an epilogue; the channels of x and those of y are multiples of L. */
    void run(Span x, Span y, NchwcEpilogue epilogue) {
        int blocks = Math.ceilDiv(tiles, together);
        if (isApart) {
            parallel.forEach(blocks, i -> runBlock(i * together, x, y, epilogue));
        } else {
            for (int i = 0; i < blocks; i++) {
                runBlock(i * together, x, y, epilogue);
            }
        }
    }

    /** The block of tiles that begins with tile {@code first}; its loops run in line where blocks run side by side. */
    private void runBlock(int first, Span x, Span y, NchwcEpilogue epilogue) {
        float[] inputs = Scratch.IMAGE.floats(tile.products() * inputStep);
        int[] groups = NchwcTile.begins(Math.min(together, tiles - first));
        forEachChunk(s.inputs() / L, groups, (block, from, to) -> transform(x, block, first, from, to, groups, inputs));
        forEachChunk(panels, groups, (panel, from, to) -> {
            int step = spread((to - from) * PANEL);
            float[] products = multiply(inputs, panel, from, to, groups.length, step);
            transformBack(products, step, panel, first + from, first + to, y, epilogue);
        });
    }

    /** Some groups of tiles of a block for one block or panel of channels. */
    @FunctionalInterface
    private interface Chunk {
        void accept(int channels, int from, int to);
    }

    /** @param groups by the tile of the block, the first of its group */
    private void forEachChunk(int channelBlocks, int[] groups, Chunk chunk) {
        int count = groups.length;
        int wanted = parallel.threads() == 1 ? 1 : Math.ceilDiv(PER_THREAD * parallel.threads(), channelBlocks);
        int size = share(count, Math.min(CHUNK, Math.ceilDiv(count, wanted)));
        int chunks = Math.ceilDiv(count, size);
        parallel.forEach(channelBlocks * chunks, i -> {
            int from = i % chunks * size, to = from + size;
            chunk.accept(i / chunks, groups[from], to < count ? groups[to] : count);
        });
    }

    /** Neighbouring tiles of one row of tiles. */
    private record Run(int image, int row, int column, int count) {}

    /** The run that begins with a tile, of at most {@code most} tiles. */
    private Run run(int first, int most) {
        int row = first / tilesAcross;
        int column = first % tilesAcross;
        int count = Math.min(Math.min(RUN / tile.outputs(), tilesAcross - column), most);
        return new Run(row / tilesDown, row % tilesDown, column, count);
    }

    /**
     * Bᵀ d B for tiles {@code from} … {@code to}−1 of the block that begins with tile {@code first}.
     *
     * @param groups by the tile of the block, the first of its group
     */
    private void transform(Span x, int block, int first, int from, int to, int[] groups, float[] inputs) {
        int n = tile.inputs();
        int pitch = (RUN + 2) * L;
        float[] lines = Scratch.LINES.floats(n * pitch);
        int t = from;
        while (t < to) {
            int group = groups[t], size = NchwcTile.next(groups.length - group).positions();
            Run run = run(first + t, Math.min(to, group + size) - t);
            transformRows(x, block, run, lines, pitch);
            int at = group * s.inputs() + (block * size + t - group) * L;
            for (int i = 0; i < n; i++) {
                tile.transformPixels(lines, i * pitch, run.count(), inputs, at + i * n * inputStep, inputStep);
            }
            t += run.count();
        }
    }

    /** Bᵀ d, with zeros around the image. */
    private void transformRows(Span x, int block, Run run, float[] lines, int pitch) {
        int n = tile.inputs();
        int plane = x.at() + (block * s.batch() + run.image()) * s.height() * s.width() * L;
        int top = run.row() * tile.outputs() - s.padTop();
        int left = run.column() * tile.outputs() - s.padLeft();
        int width = run.count() * tile.outputs() + 2;
        int begin = Math.clamp(-left, 0, width);
        int end = Math.clamp(s.width() - left, begin, width);
        float[][] rows = new float[n][];
        int[] from = new int[n];
        for (int i = 0; i < n; i++) {
            boolean isInside = top + i >= 0 && top + i < s.height();
            rows[i] = isInside ? x.data() : ZEROS;
            from[i] = isInside ? plane + ((top + i) * s.width() + left + begin) * L : 0;
            Arrays.fill(lines, i * pitch, i * pitch + begin * L, 0);
            Arrays.fill(lines, i * pitch + end * L, i * pitch + width * L, 0);
        }
        tile.transformRows(rows, from, (end - begin) * L, lines, begin * L, pitch);
    }

    /**
     * Tiles {@code from} … {@code to}−1 of the block, which has {@code count}, by one panel of weights.
     *
     * @return per product, {@code step} apart, two vectors' worth of outputs: first one of all tiles, then the other
     */
    private float[] multiply(float[] inputs, int panel, int from, int to, int count, int step) {
        float[] products = Scratch.TILES.floats(tile.products() * step);
        for (int p = 0; p < tile.products(); p++) {
            int w = (p * panels + panel) * s.inputs() * PANEL;
            for (int t = from; t < to; ) {
                NchwcTile shape = NchwcTile.next(count - t);
                int size = shape.positions(), at = p * inputStep + t * s.inputs(), c = p * step + (t - from) * L;
                shape.run(inputs, at, offsets[size], weights, w, products, c, (to - from) * L);
                t += size;
            }
        }
        return products;
    }

    /** Aᵀ·M·A for tiles {@code from} … {@code to}−1 of all. */
    private void transformBack(
            float[] products, int step, int panel, int from, int to, Span y, NchwcEpilogue epilogue) {
        int m = tile.outputs();
        int pitch = RUN * L;
        float[] lines = Scratch.LINES.floats(m * pitch);
        float[] between = Scratch.PANELS.floats(tile.inputs() * m * L);
        int blocks = Math.min(2, s.outputs() / L - 2 * panel);
        for (int h = 0; h < blocks; h++) {
            int t = from;
            while (t < to) {
                Run run = run(t, to - t);
                int at = (h * (to - from) + t - from) * L;
                tile.transformPixelsBack(products, at, step, run.count(), between, lines, 0, pitch);
                store(lines, pitch, 2 * panel + h, run, y, epilogue);
                t += run.count();
            }
        }
    }

    /** The rows of a run of tiles, without what lies outside of the image. */
    private void store(float[] lines, int pitch, int block, Run run, Span y, NchwcEpilogue epilogue) {
        int m = tile.outputs();
        int top = run.row() * m;
        int left = run.column() * m;
        int plane = (block * s.batch() + run.image()) * s.outHeight();
        int height = Math.min(m, s.outHeight() - top);
        int width = Math.min(run.count() * m, s.outWidth() - left);
        for (int r = 0; r < height; r++) {
            int to = y.at() + ((plane + top + r) * s.outWidth() + left) * L;
            epilogue.store(lines, r * pitch, block * L, y.data(), y.at(), to, width);
        }
    }
}
