package dev.backlight.kernels.vector;

import dev.backlight.engine.shape.DeviceException;
import java.util.Arrays;

/**
 * A padded image in which every tap of a sliding window is a constant displacement. Positions run along rows of the padded
 * width ({@link #pitch}), so that {@code image[offset(c, t) + position]} is what tap t of channel c sees at any position: a
 * convolution becomes a product whose right operand is read in place. Positions beyond the last column of a row yield values
 * that are dropped.
 *
 * <p>Per channel, one plane for every pair of phases that the taps use.
 */
final class TapRaster {
    /** What one Java array holds. */
    private static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;

    private final TapAxis y;
    private final TapAxis x;
    private final int[] phasesY;
    private final int[] phasesX;
    private final int leadY;
    private final int leadX;
    private final int heightPerPhase;
    private final int shared;
    private final int pitch;
    private final int plane;

    TapRaster(TapAxis y, TapAxis x) {
        this.y = y;
        this.x = x;
        this.phasesY = y.phases();
        this.phasesX = x.phases();
        this.leadY = y.lead();
        this.leadX = x.lead();
        this.heightPerPhase = y.extent();
        this.shared = x.shared();
        this.pitch = Math.max(x.positions(), x.extent() - shared);
        this.plane = heightPerPhase * pitch;
    }

    int rows() {
        return y.positions();
    }

    int columns() {
        return x.positions();
    }

    int pitch() {
        return pitch;
    }

    int taps() {
        return y.taps().length * x.taps().length;
    }

    /** From the first position of the first row to the last of the last. */
    int positions() {
        return (rows() - 1) * pitch + columns();
    }

    /** Pairs of phases that the taps use. */
    int phases() {
        return phasesY.length * phasesX.length;
    }

    /** Rows of one phase of a channel. */
    int phaseRows() {
        return heightPerPhase;
    }

    /** Elements of one phase of a channel. */
    int phaseSize() {
        return plane;
    }

    int channelSize() {
        return phases() * plane;
    }

    /**
     * Elements that an array of that many channels needs, with what the last panel reads beyond them.
     *
     * @throws DeviceException when no array holds so many
     */
    int size(int channels) {
        int beyond = shared + Lanes.PANEL;
        if (!fitsAnArray((long) channels * phases(), beyond)) {
            throw new DeviceException("a convolution pads " + channels + " channels to " + heightPerPhase + "×" + pitch
                    + " elements in each of " + phases() + " phases, which together exceed what one Java array holds ("
                    + MOST_ELEMENTS + "); use a smaller image, batch, padding or dilation");
        }
        return channels * channelSize() + beyond;
    }

    /** Whether an array holds so many times a phase of a channel, and so many elements besides. */
    boolean fitsAnArray(long planes, long besides) {
        return planes == 0 || (long) heightPerPhase * pitch <= (MOST_ELEMENTS - besides) / planes;
    }

    /** Positions that are read beyond the last one of a channel: the last row has no next one to share padding with. */
    int shared() {
        return shared;
    }

    /** Whether there is one tap only, which sees at every position what a plane of this size has there. */
    boolean isTheImage(int height, int width) {
        return taps() == 1 && offsets(1)[0] == 0 && pitch == width && channelSize() == height * width;
    }

    /** The displacement of tap (ty, tx) of channel c, in the order c, ty, tx. */
    int[] offsets(int channels) {
        int[] shifts = tapShifts(), phases = tapPhases();
        int[] offsets = new int[channels * shifts.length];
        for (int k = 0; k < offsets.length; k++) {
            int tap = k % shifts.length;
            offsets[k] = k / shifts.length * channelSize() + phases[tap] * plane + shifts[tap];
        }
        return offsets;
    }

    /** For every tap (ty, tx), its displacement within the phase that it sees. */
    int[] tapShifts() {
        int[] shifts = new int[taps()];
        int k = 0;
        for (int shiftY : y.shift()) {
            for (int shiftX : x.shift()) {
                shifts[k++] = (leadY + shiftY) * pitch + leadX + shiftX;
            }
        }
        return shifts;
    }

    /** For every tap (ty, tx), which of a channel's phases it sees. */
    int[] tapPhases() {
        int[] phases = new int[taps()];
        int k = 0;
        for (int py : y.phase()) {
            for (int px : x.phase()) {
                phases[k++] = Arrays.binarySearch(phasesY, py) * phasesX.length + Arrays.binarySearch(phasesX, px);
            }
        }
        return phases;
    }

    /** For every tap (ty, tx), its index ty · width + tx in the whole window. */
    int[] tapIndices(int width) {
        int[] indices = new int[taps()];
        int k = 0;
        for (int ty : y.taps()) {
            for (int tx : x.taps()) {
                indices[k++] = ty * width + tx;
            }
        }
        return indices;
    }

    /** Copies one channel's plane into {@code image} from {@code at} on, splitting it into phases and padding them. */
    void copyChannel(float[] source, int from, float[] image, int at) {
        copyChannel(source, from, image, at, 1);
    }

    /** The same of a block of channels that lie side by side, a vector's {@code width} of them, so that {@code at} counts them all. */
    void copyChannel(float[] source, int from, float[] image, int at, int width) {
        for (int phase = 0; phase < phases(); phase++) {
            for (int row = 0; row < heightPerPhase; row++) {
                int to = at + (phase * plane + row * pitch) * width;
                copyRow(source, from, phase, row, image, to, width);
            }
        }
    }

    /** One padded row of a phase. */
    void copyRow(float[] source, int from, int phase, int row, float[] image, int to, int width) {
        int py = phasesY[phase / phasesX.length], px = phasesX[phase % phasesX.length];
        int line = row - leadY;
        if (line >= 0 && line < y.length(py)) {
            int element = (line * y.stride() + py) * x.source() + px;
            copyLine(source, from + element * width, x.length(px), image, to, width);
        } else {
            Arrays.fill(image, to, to + pitch * width, 0);
        }
    }

    /** Zeros after the last channel. */
    void endChannels(float[] image, int at) {
        Arrays.fill(image, at, at + shared, 0);
    }

    private void copyLine(float[] source, int from, int length, float[] image, int to, int width) {
        int lead = Math.min(leadX, pitch);
        int count = Math.min(length, pitch - lead);
        int first = to + lead * width;
        int stride = x.stride();
        Arrays.fill(image, to, first, 0);
        if (stride == 1) {
            System.arraycopy(source, from, image, first, count * width);
        } else if (width > 1) {
            Pixels.copy(source, from, stride * width, count, image, first, width);
        } else if (stride == 2) {
            Interleaving.thin(source, from, count, image, first);
        } else {
            thin(source, from, stride, count, image, first);
        }
        Arrays.fill(image, first + count * width, to + pitch * width, 0);
    }

    private static void thin(float[] source, int from, int step, int count, float[] to, int at) {
        for (int i = 0; i < count; i++) {
            to[at + i] = source[from + i * step];
        }
    }
}
