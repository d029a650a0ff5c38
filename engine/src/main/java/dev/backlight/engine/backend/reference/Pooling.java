package dev.backlight.engine.backend.reference;

import dev.backlight.engine.backend.WindowGeometry;
import java.util.Arrays;

final class Pooling {
    @FunctionalInterface
    private interface Tap {
        /** One element of one window: the window's position in the output, the element's in the input and its plane. */
        void accept(int window, int element, int inPlane);
    }

    private Pooling() {}

    static void maxIndices(WindowGeometry g, Values x, Values out) {
        int plane = x.size(2) * x.size(3);
        Arrays.fill(out.data(), -1);
        forEachTap(g, x, out, (window, element, inPlane) -> {
            double best = out.data()[window];
            double value = x.data()[element];
            double champion = best < 0 ? Double.NEGATIVE_INFINITY : x.data()[element / plane * plane + (int) best];
            if (best < 0 || value > champion || (Double.isNaN(value) && !Double.isNaN(champion))) {
                out.data()[window] = inPlane;
            }
        });
    }

    static void sum(WindowGeometry g, Values x, Values out) {
        forEachTap(g, x, out, (window, element, inPlane) -> out.data()[window] += x.data()[element]);
    }

    static void sumAdjoint(WindowGeometry g, Values u, Values out) {
        forEachTap(g, out, u, (window, element, inPlane) -> out.data()[element] += u.data()[window]);
    }

    private static void forEachTap(WindowGeometry g, Values x, Values y, Tap tap) {
        int planes = x.size(0) * x.size(1);
        int height = x.size(2);
        int width = x.size(3);
        for (int window = 0; window < y.data().length; window++) {
            int oy = window / y.size(3) % y.size(2);
            int ox = window % y.size(3);
            int plane = window / (y.size(2) * y.size(3)) % planes;
            for (int k = 0; k < g.height() * g.width(); k++) {
                int iy = oy * g.strideY() - g.padTop() + k / g.width() * g.dilationY();
                int ix = ox * g.strideX() - g.padLeft() + k % g.width() * g.dilationX();
                if (iy >= 0 && iy < height && ix >= 0 && ix < width) {
                    tap.accept(window, plane * height * width + iy * width + ix, iy * width + ix);
                }
            }
        }
    }
}
