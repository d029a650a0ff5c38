package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import java.util.SplittableRandom;

/** A convolution of random values, and what plain loops in double make of it. */
record ConvolutionCase(ConvolutionShape shape, float[] x, float[] w, float[] u, float[] bias) {
    @FunctionalInterface
    private interface Term {
        /** One product of the convolution: indices into x, w and y. */
        void accept(int x, int w, int y);
    }

    static ConvolutionCase of(
            SplittableRandom random,
            int batch,
            int channels,
            int height,
            int width,
            int filters,
            WindowGeometry window,
            int groups) {
        int outHeight = window.outputHeight(height);
        int outWidth = window.outputWidth(width);
        ConvolutionShape shape =
                new ConvolutionShape(batch, channels, height, width, filters, outHeight, outWidth, window, groups);
        return new ConvolutionCase(
                shape,
                GemmTest.values(random, batch * channels * height * width),
                GemmTest.values(random, filters * (channels / groups) * window.height() * window.width()),
                GemmTest.values(random, batch * filters * outHeight * outWidth),
                GemmTest.values(random, filters));
    }

    double[] forward() {
        double[] y = new double[u.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = bias[i / shape.outPlane() % shape.filters()];
        }
        forEachTerm((ix, iw, iy) -> y[iy] += (double) x[ix] * w[iw]);
        return y;
    }

    double[] inputGradient() {
        double[] dx = new double[x.length];
        forEachTerm((ix, iw, iy) -> dx[ix] += (double) u[iy] * w[iw]);
        return dx;
    }

    double[] weightGradient() {
        double[] dw = new double[w.length];
        forEachTerm((ix, iw, iy) -> dw[iw] += (double) u[iy] * x[ix]);
        return dw;
    }

    private void forEachTerm(Term term) {
        int filterSize = shape.channelsPerGroup() * shape.taps();
        for (int iy = 0; iy < u.length; iy++) {
            int oy = iy / shape.outWidth() % shape.outHeight();
            int ox = iy % shape.outWidth();
            int o = iy / shape.outPlane() % shape.filters();
            int n = iy / shape.outPlane() / shape.filters();
            for (int k = 0; k < filterSize; k++) {
                int c = o / shape.filtersPerGroup() * shape.channelsPerGroup() + k / shape.taps();
                int ky = k % shape.taps() / shape.window().width();
                int kx = k % shape.window().width();
                int row = oy * shape.window().strideY()
                        + ky * shape.window().dilationY()
                        - shape.window().padTop();
                int column = ox * shape.window().strideX()
                        + kx * shape.window().dilationX()
                        - shape.window().padLeft();
                if (row >= 0 && row < shape.height() && column >= 0 && column < shape.width()) {
                    int ix = ((n * shape.channels() + c) * shape.height() + row) * shape.width() + column;
                    term.accept(ix, o * filterSize + k, iy);
                }
            }
        }
    }

    @Override
    public String toString() {
        return shape.toString();
    }
}
