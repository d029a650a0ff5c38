package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolution in double precision through one unfolded image at a time: doubles serve checking, so plain structure comes before
 * memory. The unfolded matrix has a row per channel and tap of a group and a column per output position.
 */
final class DoubleConvolution {
    private final DoubleGemm gemm;
    private final ConvolutionShape s;
    private final WindowGeometry g;
    private final int rows;
    private final int filterRows;
    private final double[] unfolded;

    DoubleConvolution(Parallel parallel, ConvolutionShape s) {
        this.gemm = new DoubleGemm(parallel);
        this.s = s;
        this.g = s.window();
        this.rows = s.channelsPerGroup() * s.taps();
        this.filterRows = s.filtersPerGroup();
        this.unfolded = new double[rows * s.outPlane()];
    }

    /** A dense array inside a Java array. */
    record Operand(double[] data, int at) {
        DoubleGemm.View rowMajor(int from, int columns) {
            return new DoubleGemm.View(data, at + from, columns, 1);
        }
    }

    void forward(Operand x, Operand w, @Nullable Operand bias, Operand y) {
        for (int part = 0; part < s.batch() * s.groups(); part++) {
            unfold(x, part);
            DoubleGemm.View out = y.rowMajor(part * filterRows * s.outPlane(), s.outPlane());
            for (int f = 0; f < filterRows; f++) {
                int from = out.offset() + f * s.outPlane();
                int filter = part % s.groups() * filterRows + f;
                Arrays.fill(y.data, from, from + s.outPlane(), bias == null ? 0 : bias.data[bias.at + filter]);
            }
            gemm.multiply(filterRows, s.outPlane(), rows, filters(w, part), columns(), out, true);
        }
    }

    void inputGradient(Operand u, Operand w, Operand dx) {
        Arrays.fill(dx.data, dx.at, dx.at + s.batch() * s.channels() * s.plane(), 0);
        for (int part = 0; part < s.batch() * s.groups(); part++) {
            DoubleGemm.View upstream = u.rowMajor(part * filterRows * s.outPlane(), s.outPlane());
            gemm.multiply(rows, s.outPlane(), filterRows, filters(w, part).transposed(), upstream, columns(), false);
            fold(dx, part);
        }
    }

    void weightGradient(Operand x, Operand u, Operand dw) {
        for (int part = 0; part < s.batch() * s.groups(); part++) {
            unfold(x, part);
            DoubleGemm.View upstream = u.rowMajor(part * filterRows * s.outPlane(), s.outPlane());
            boolean later = part >= s.groups();
            gemm.multiply(filterRows, rows, s.outPlane(), upstream, columns().transposed(), filters(dw, part), later);
        }
    }

    private DoubleGemm.View filters(Operand w, int part) {
        return w.rowMajor(part % s.groups() * filterRows * rows, rows);
    }

    private DoubleGemm.View columns() {
        return new DoubleGemm.View(unfolded, 0, s.outPlane(), 1);
    }

    @FunctionalInterface
    private interface Pair {
        void accept(int unfolded, int element);
    }

    private void unfold(Operand x, int part) {
        Arrays.fill(unfolded, 0);
        int from = x.at + part * s.channelsPerGroup() * s.plane();
        forEachPair((place, element) -> unfolded[place] = x.data[from + element]);
    }

    private void fold(Operand dx, int part) {
        int to = dx.at + part * s.channelsPerGroup() * s.plane();
        forEachPair((place, element) -> dx.data[to + element] += unfolded[place]);
    }

    /** Visits every place of the unfolded matrix that holds an element, with that element's place in its group's planes. */
    private void forEachPair(Pair pair) {
        for (int row = 0; row < rows; row++) {
            int plane = row / s.taps() * s.plane();
            int shiftY = row % s.taps() / g.width() * g.dilationY() - g.padTop();
            int shiftX = row % g.width() * g.dilationX() - g.padLeft();
            for (int oy = 0; oy < s.outHeight(); oy++) {
                int y = oy * g.strideY() + shiftY;
                for (int ox = 0; ox < s.outWidth() && y >= 0 && y < s.height(); ox++) {
                    int x = ox * g.strideX() + shiftX;
                    if (x >= 0 && x < s.width()) {
                        pair.accept((row * s.outHeight() + oy) * s.outWidth() + ox, plane + y * s.width() + x);
                    }
                }
            }
        }
    }
}
