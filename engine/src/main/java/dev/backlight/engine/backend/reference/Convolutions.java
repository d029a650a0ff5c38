package dev.backlight.engine.backend.reference;

import dev.backlight.engine.backend.WindowGeometry;

/**
 * Convolution and its two gradients as one loop over taps: for each pair of channels and each tap, a row of the output
 * meets a shifted row of the input. The three differ in which of the three arrays is written.
 */
final class Convolutions {
    @FunctionalInterface
    private interface Row {
        /** {@code count} positions from {@code x} (stepping by the stride) and {@code y} (by 1), under weight {@code w}. */
        void accept(int x, int y, int w, int count);
    }

    private Convolutions() {}

    static void forward(WindowGeometry window, int groups, Values[] in, Values out) {
        double[] x = in[0].data();
        double[] w = in[1].data();
        double[] y = out.data();
        if (in.length == 3) {
            int plane = out.size(2) * out.size(3);
            for (int i = 0; i < y.length; i++) {
                y[i] = in[2].data()[i / plane % out.size(1)];
            }
        }
        int stride = window.strideX();
        forEachRow(window, groups, in[0], out, (fromX, fromY, tap, count) -> {
            double weight = w[tap];
            for (int i = 0; i < count; i++) {
                y[fromY + i] += weight * x[fromX + i * stride];
            }
        });
    }

    static void inputGradient(WindowGeometry window, int groups, Values u, Values w, Values out) {
        double[] gradient = out.data();
        int stride = window.strideX();
        forEachRow(window, groups, out, u, (fromX, fromY, tap, count) -> {
            double weight = w.data()[tap];
            for (int i = 0; i < count; i++) {
                gradient[fromX + i * stride] += weight * u.data()[fromY + i];
            }
        });
    }

    static void weightGradient(WindowGeometry window, int groups, Values x, Values u, Values out) {
        int stride = window.strideX();
        forEachRow(window, groups, x, u, (fromX, fromY, tap, count) -> {
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += x.data()[fromX + i * stride] * u.data()[fromY + i];
            }
            out.data()[tap] += sum;
        });
    }

    private static void forEachRow(WindowGeometry g, int groups, Values x, Values y, Row row) {
        int outPerGroup = y.size(1) / groups;
        int inPerGroup = x.size(1) / groups;
        for (int n = 0; n < x.size(0); n++) {
            for (int o = 0; o < y.size(1); o++) {
                for (int c = 0; c < inPerGroup; c++) {
                    int channel = o / outPerGroup * inPerGroup + c;
                    int planeX = (n * x.size(1) + channel) * x.size(2) * x.size(3);
                    int planeY = (n * y.size(1) + o) * y.size(2) * y.size(3);
                    int taps = (o * inPerGroup + c) * g.height() * g.width();
                    forEachTap(g, x, y, planeX, planeY, taps, row);
                }
            }
        }
    }

    private static void forEachTap(WindowGeometry g, Values x, Values y, int planeX, int planeY, int taps, Row row) {
        int width = x.size(3);
        for (int tap = 0; tap < g.height() * g.width(); tap++) {
            int shiftY = tap / g.width() * g.dilationY() - g.padTop();
            int shiftX = tap % g.width() * g.dilationX() - g.padLeft();
            int first = Math.max(0, Math.ceilDiv(-shiftX, g.strideX()));
            int end = Math.min(y.size(3), Math.floorDiv(width - 1 - shiftX, g.strideX()) + 1);
            for (int oy = 0; oy < y.size(2) && first < end; oy++) {
                int iy = oy * g.strideY() + shiftY;
                if (iy >= 0 && iy < x.size(2)) {
                    int fromX = planeX + iy * width + first * g.strideX() + shiftX;
                    row.accept(fromX, planeY + oy * y.size(3) + first, taps + tap, end - first);
                }
            }
        }
    }
}
