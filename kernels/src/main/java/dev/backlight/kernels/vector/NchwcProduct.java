package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;
import java.util.ArrayList;
import java.util.List;

/**
 * The product behind a convolution of images in channel blocks: every position of the output sums weights times what the
 * window's taps see there. Images are read in place; a run of positions and two vectors of outputs at a time.
 *
 * @param batch images of a call
 * @param inputs channels summed over
 * @param outputs a multiple of the vector's length
 * @param weights panels of two vectors of outputs, step after step; see {@link WeightPanels}
 */
record NchwcProduct(Parallel parallel, int batch, int inputs, int outputs, float[] weights) {
    private static final int L = Lanes.FLOAT.length();

    /** Most positions of a run: their results stay in the first-level cache. A multiple of the largest tile of 512 bits. */
    private static final int RUN = 112;

    /** Elements of the images that a chunk reads for each panel of weights: they stay in the second-level cache. */
    private static final int CHUNK = 1 << 15;

    /** Chunks per thread, so that none waits long for the others at the end. */
    private static final int SHARES = 12;

    /**
     * Where the images are: what tap and channel k see at row y, column x of image n is
     * {@code data[at + n·image + y·pitch + x·L + offsets[k]]}.
     */
    record Source(float[] data, int at, int image, int pitch, int[] offsets) {}

    /** Where the results go: block b, row y, column x of image n to {@code at + n·image + b·block + y·rowStep + x·columnStep}. */
    record Target(Span out, int at, int image, int block, int rowStep, int columnStep, NchwcEpilogue epilogue) {
        /** The place of image n and those behind it. */
        Target from(int n) {
            return new Target(out, at + n * image, image, block, rowStep, columnStep, epilogue);
        }
    }

    /** The same for another number of images. */
    NchwcProduct of(int images) {
        return new NchwcProduct(parallel, images, inputs, outputs, weights);
    }

    /** Some rows of a part of the columns. */
    private record Run(int row, int column, int rows, int columns) {}

    /** Work in its order: groups of outputs; within each all chunks of positions; for each of these the parts of the group. */
    private record Division(int panels, int groups, int chunks, int perGroup) {
        int count() {
            return groups * chunks * perGroup;
        }

        int chunk(int i) {
            return i / perGroup % chunks;
        }

        boolean beginsChunk(int i) {
            return i % perGroup == 0;
        }

        /** The first panel of piece i, or with {@code end} = 1 the one behind its last. */
        int panel(int i, int end) {
            int part = i / (chunks * perGroup) * perGroup + i % perGroup;
            return panels * (part + end) / (groups * perGroup);
        }
    }

    /** Images that follow each other like their rows do are a single one. */
    void run(Source source, int rows, int columns, Target target) {
        if (batch > 1 && source.image == rows * source.pitch && target.image == rows * target.rowStep) {
            of(1).run(source, batch * rows, columns, target);
            return;
        }
        boolean isOneLine = source.pitch == columns * L && target.rowStep == columns * target.columnStep;
        int panels = Math.ceilDiv(outputs, 2 * L);
        int longest = longestRun((long) batch * rows * columns, panels);
        List<Run> runs = isOneLine ? runs(1, rows * columns, longest) : runs(rows, columns, longest);
        int taps = source.offsets.length / inputs;
        int perChunk = runsOfAChunk(batch * runs.size(), panels);
        int chunks = Math.ceilDiv(batch * runs.size(), perChunk);
        int groups = outputGroups((long) batch * rows * columns, taps, panels);
        int perGroup = Math.clamp(Math.ceilDiv(SHARES * parallel.threads(), chunks * groups), 1, panels / groups);
        Division division = new Division(panels, groups, chunks, perGroup);
        parallel.forEach(division.count(), i -> {
            int first = division.chunk(i) * perChunk;
            int end = Math.min(first + perChunk, batch * runs.size());
            for (int r = first; r < end && taps == 1 && division.beginsChunk(i); r++) {
                fetch(source, r / runs.size(), runs.get(r % runs.size()));
            }
            for (int panel = division.panel(i, 0); panel < division.panel(i, 1); panel++) {
                for (int r = first; r < end; r++) {
                    compute(source, target, r / runs.size(), runs.get(r % runs.size()), panel);
                }
            }
        });
    }

    /** Most positions of a run: fewer where panels are, so that each thread finds two runs of some panel. */
    private int longestRun(long positions, int panels) {
        int wanted = 2 * parallel.threads();
        if (panels >= wanted) {
            return RUN;
        }
        int tile = NchwcTile.SHAPES[0].positions();
        long share = Math.ceilDiv(positions * panels, wanted);
        return (int) Math.min(RUN, Math.ceilDiv(share, tile) * tile);
    }

    /** Even chunks, as many as the threads need if panels are few. A plain image takes as much as a block of channels. */
    private int runsOfAChunk(int runs, int panels) {
        int cached = Math.clamp(CHUNK / (Math.max(inputs, L) * RUN), 1, runs);
        int wanted = Math.ceilDiv(SHARES * parallel.threads(), panels);
        return Math.ceilDiv(runs, Math.clamp(wanted, Math.ceilDiv(runs, cached), runs));
    }

    private static List<Run> runs(int rows, int columns, int longest) {
        List<Run> runs = new ArrayList<>();
        if (columns > longest) {
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column += longest) {
                    runs.add(new Run(row, column, 1, Math.min(longest, columns - column)));
                }
            }
            return runs;
        }
        int together = longest / columns;
        for (int row = 0; row < rows; row += together) {
            runs.add(new Run(row, 0, Math.min(together, rows - row), columns));
        }
        return runs;
    }

    /**
     * How many groups of outputs there are, the outermost division. With one for each thread, threads read their own weights
     * and all images; with a single one, their own positions and all weights. What all read should be the smaller: images
     * have about as many positions as the results, except under a stride.
     */
    private int outputGroups(long positions, int taps, int panels) {
        boolean areWeightsMore = (long) outputs * taps >= positions;
        return areWeightsMore ? Math.min(parallel.threads(), panels) : 1;
    }

    /**
     * Brings what a run sees into the second-level cache, where the panels of weights that follow find it. Tiles would wait for
     * a few lines at a time, too far apart for the processor to fetch ahead; here many are under way at once.
     */
    private static void fetch(Source source, int image, Run run) {
        float[] x = source.data;
        int from = source.at + image * source.image + run.row * source.pitch + run.column * L;
        int bits = 0;
        for (int k = 0; k < source.offsets.length; k += L) {
            for (int y = 0; y < run.rows; y++) {
                int begin = from + source.offsets[k] + y * source.pitch;
                for (int at = begin; at < begin + run.columns * L; at += L) {
                    bits |= Float.floatToRawIntBits(x[at]);
                }
            }
        }
        // Results replace it; without it nothing would be read.
        Scratch.TILES.floats(2 * RUN * L)[0] = Float.intBitsToFloat(bits);
    }

    private void compute(Source source, Target target, int image, Run run, int panel) {
        float[] c = Scratch.TILES.floats(2 * RUN * L);
        int[] offsets = source.offsets;
        int from = source.at + image * source.image + run.row * source.pitch + run.column * L;
        for (int y = 0; y < run.rows; y++) {
            NchwcTile.cover(
                    run.columns,
                    source.data,
                    from + y * source.pitch,
                    offsets,
                    weights,
                    panel * offsets.length * 2 * L,
                    c,
                    y * run.columns * L,
                    RUN * L);
        }
        int to = target.at + image * target.image + run.row * target.rowStep + run.column * target.columnStep;
        for (int half = 0; half < 2 && (2 * panel + half) * L < outputs; half++) {
            int block = 2 * panel + half;
            store(c, half * RUN * L, run, target, block * L, to + block * target.block);
        }
    }

    /** Neighbours go through the epilogue, as in {@link RasterSink}; results that lie apart are left for one to follow. */
    private static void store(float[] c, int from, Run run, Target target, int channel, int to) {
        Span out = target.out;
        boolean areNeighbours = target.columnStep == L;
        if (areNeighbours && (run.rows == 1 || target.rowStep == run.columns * L)) {
            target.epilogue.store(c, from, channel, out.data(), out.at(), to, run.rows * run.columns);
            return;
        }
        for (int y = 0; y < run.rows; y++) {
            int row = from + y * run.columns * L, place = to + y * target.rowStep;
            if (areNeighbours) {
                target.epilogue.store(c, row, channel, out.data(), out.at(), place, run.columns);
                continue;
            }
            Pixels.copy(c, row, L, run.columns, out.data(), place, target.columnStep);
        }
    }
}
