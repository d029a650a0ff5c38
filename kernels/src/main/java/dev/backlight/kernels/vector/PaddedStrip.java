package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.ConvolutionShape;
import java.util.Arrays;

/**
 * Some rows of an image's upstream gradient between zeros, the filters of a row one after the other: what a row of pixels depends
 * on lies together. Rows are padded when first needed, so that the thread that does so still has them in its cache.
 */
final class PaddedStrip {
    private static final int L = Lanes.FLOAT.length();

    private final ConvolutionShape shape;
    private final Span u;
    private final boolean areBlocks;
    private final int image;
    private final int firstLine;
    private final int lead;
    private final int pitch;
    private final float[] padded;
    private int done;

    /**
     * @param u the gradient of the results, plain or in channel blocks
     * @param firstLine the line of u in row 0; may lie outside of the image
     * @param mostRows how many will be asked for at most
     * @param lead zeros before the first element of a line
     * @param pitch elements of a padded line of one filter
     */
    PaddedStrip(
            ConvolutionShape shape,
            Span u,
            boolean areBlocks,
            int image,
            int firstLine,
            int mostRows,
            int lead,
            int pitch) {
        this.shape = shape;
        this.u = u;
        this.areBlocks = areBlocks;
        this.image = image;
        this.firstLine = firstLine;
        this.lead = lead;
        this.pitch = pitch;
        this.padded = Scratch.IMAGE.floats(mostRows * rowSize());
    }

    /** Elements of a row, with all its filters. */
    private int rowSize() {
        return shape.filters() * pitch;
    }

    /** Where a row begins in the array that {@link #upTo} returns. */
    int at(int row) {
        return row * rowSize();
    }

    /** Pads the rows up to and with {@code last} that are not yet; what lies behind them is arbitrary. */
    float[] upTo(int last) {
        for (; done <= last; done++) {
            pad(firstLine + done, at(done));
        }
        return padded;
    }

    private void pad(int line, int at) {
        if (line < 0 || line >= shape.outHeight()) {
            Arrays.fill(padded, at, at + rowSize(), 0);
            return;
        }
        int count = Math.min(shape.outWidth(), pitch - lead);
        for (int f = 0; f < shape.filters(); f++) {
            int row = at + f * pitch;
            Arrays.fill(padded, row, row + lead, 0);
            Arrays.fill(padded, row + lead + count, row + pitch, 0);
        }
        if (areBlocks) {
            copyBlocks(line, at + lead, count);
        } else {
            copyPlanes(line, at + lead, count);
        }
    }

    private void copyPlanes(int line, int at, int count) {
        for (int f = 0; f < shape.filters(); f++) {
            int from = u.at() + ((image * shape.filters() + f) * shape.outHeight() + line) * shape.outWidth();
            System.arraycopy(u.data(), from, padded, at + f * pitch, count);
        }
    }

    private void copyBlocks(int line, int at, int count) {
        int turned = count / Transposition.LINES * Transposition.LINES;
        for (int block = 0; block < shape.filters() / L; block++) {
            int plane = block * shape.batch() + image;
            int from = u.at() + (plane * shape.outHeight() + line) * shape.outWidth() * L;
            int to = at + block * L * pitch;
            for (int column = 0; column < turned; column += Transposition.LINES) {
                Transposition.turn(u.data(), from + column * L, L, padded, to + column, pitch, L);
            }
            for (int k = turned * L; k < count * L; k++) {
                padded[to + k % L * pitch + k / L] = u.data()[from + k];
            }
        }
    }
}
