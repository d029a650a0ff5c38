package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;

/**
 * The padded images of a {@link TapRaster} with a vector's worth of channels side by side at each position. Images in channel
 * blocks are copied phase by phase. Of plain images, whose channels are few, all channels and phases of a position share
 * blocks: the first layer of most networks, three channels at stride 2, fills 12 of 16 lanes, and its padded images stay small.
 *
 * @param raster the padding, the phases and the taps
 * @param channels of an image; less than a block where it is plain
 */
record NchwcRaster(Parallel parallel, TapRaster raster, int channels) {
    private static final int L = Lanes.FLOAT.length();

    /** About so many positions of plain images, in whole rows, are brought side by side at once. */
    private static final int PIECE = 512;

    private boolean isPlain() {
        return channels < L;
    }

    /** Blocks of an image. */
    private int blocks() {
        return blocks(raster, channels);
    }

    private static int blocks(TapRaster raster, int channels) {
        return Math.ceilDiv(channels < L ? channels * raster.phases() : channels, L);
    }

    /** Positions of a block. */
    private int positions() {
        return isPlain() ? raster.phaseSize() : raster.channelSize();
    }

    /** Elements from one padded image to the next. */
    int imageSize() {
        return blocks() * positions() * L;
    }

    /** Whether an array holds one padded image of so many channels, and what is read beyond it. */
    static boolean fitsAnArray(TapRaster raster, int channels) {
        long planes = blocks(raster, channels) * (channels < L ? 1L : raster.phases());
        return raster.fitsAnArray(planes * L, (long) raster.shared() * L);
    }

    /** Elements of that many padded images, with what is read beyond them. */
    int size(int images) {
        return images * imageSize() + raster.shared() * L;
    }

    /** Where channel c and tap t are, in the order of the weights: c, then t. */
    int[] offsets() {
        return isPlain() ? offsetsOfPhases() : offsets(channels, positions(), raster.offsets(1));
    }

    /** The same where nothing is padded: channels of {@code plane} positions in blocks. */
    static int[] offsets(int channels, int plane, int[] taps) {
        int[] offsets = new int[channels * taps.length];
        for (int k = 0; k < offsets.length; k++) {
            int c = k / taps.length;
            offsets[k] = (c / L * plane + taps[k % taps.length]) * L + c % L;
        }
        return offsets;
    }

    private int[] offsetsOfPhases() {
        int[] shifts = raster.tapShifts(), phases = raster.tapPhases();
        int[] offsets = new int[channels * shifts.length];
        for (int k = 0; k < offsets.length; k++) {
            int tap = k % shifts.length;
            int lane = k / shifts.length * raster.phases() + phases[tap];
            offsets[k] = (lane / L * positions() + shifts[tap]) * L + lane % L;
        }
        return offsets;
    }

    /** Pads images {@code first} … {@code first + images}−1 of the batch x, whose channels have {@code plane} elements. */
    void pad(Span x, int plane, int batch, int first, int images, float[] padded) {
        if (isPlain()) {
            interleave(x.data(), x.at() + first * channels * plane, plane, images, padded);
        } else {
            parallel.forEach(images * blocks(), i -> {
                int image = first + i / blocks(), block = i % blocks();
                int from = x.at() + (block * batch + image) * plane * L;
                raster.copyChannel(x.data(), from, padded, i * positions() * L, L);
            });
        }
        Arrays.fill(padded, images * imageSize(), size(images), 0);
    }

    /** Unused lanes are not cleared, except where the lane of the block before reads its trailing zeros there. */
    private void interleave(float[] x, int from, int plane, int images, float[] padded) {
        int together = Math.max(1, PIECE / raster.pitch());
        int pieces = Math.ceilDiv(raster.phaseRows(), together);
        parallel.forEach(images * pieces, i -> {
            int image = i / pieces, first = i % pieces * together;
            for (int row = first; row < Math.min(first + together, raster.phaseRows()); row++) {
                interleaveRow(x, from + image * channels * plane, plane, row, padded, image);
            }
            if (first == 0) {
                clearUnused(image, padded);
            }
        });
    }

    private void clearUnused(int image, float[] padded) {
        for (int lane = channels * raster.phases(); lane < blocks() * L; lane++) {
            for (int position = 0; position < raster.shared(); position++) {
                padded[at(image, lane) + position * L] = 0;
            }
        }
    }

    /** A row of all lanes: some lines are padded one after the other, then turned together. */
    private void interleaveRow(float[] x, int from, int plane, int row, float[] padded, int image) {
        int lanes = channels * raster.phases(), pitch = raster.pitch();
        float[] lines = Scratch.LINES.floats(Transposition.LINES * pitch);
        for (int first = 0; first < lanes; first += Transposition.LINES) {
            int count = Math.min(Transposition.LINES, lanes - first);
            for (int line = 0; line < count; line++) {
                int lane = first + line;
                int place = from + lane / raster.phases() * plane;
                raster.copyRow(x, place, lane % raster.phases(), row, lines, line * pitch, 1);
            }
            Arrays.fill(lines, count * pitch, Transposition.LINES * pitch, 0);
            Transposition.turn(lines, 0, pitch, padded, at(image, first) + row * pitch * L, L, pitch);
        }
    }

    /** Position 0 of a lane, counted through the blocks of an image. */
    private int at(int image, int lane) {
        return image * imageSize() + lane / L * positions() * L + lane % L;
    }
}
