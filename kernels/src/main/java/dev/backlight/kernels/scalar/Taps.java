package dev.backlight.kernels.scalar;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import java.util.Arrays;

/** The unfolded image, of which row (channel, tap) holds what that tap sees at every position; made piece by piece. */
record Taps(ConvolutionShape shape) {
    /** Positions {@code first} … of one row; {@code plane} is where the channel begins. */
    void row(float[] x, int plane, int tap, int first, int count, float[] into) {
        WindowGeometry g = shape.window();
        int shiftY = tap / g.width() * g.dilationY() - g.padTop();
        int shiftX = tap % g.width() * g.dilationX() - g.padLeft();
        for (int done = 0; done < count; ) {
            int oy = (first + done) / shape.outWidth();
            int ox = (first + done) % shape.outWidth();
            int length = Math.min(shape.outWidth() - ox, count - done);
            int iy = oy * g.strideY() + shiftY;
            int ix = ox * g.strideX() + shiftX;
            if (iy < 0 || iy >= shape.height()) {
                Arrays.fill(into, done, done + length, 0);
            } else {
                int low = Math.ceilDiv(-ix, g.strideX());
                int high = Math.ceilDiv(shape.width() - ix, g.strideX());
                Products.line(x, plane + iy * shape.width() + ix, g.strideX(), low, high, into, done, length);
            }
            done += length;
        }
    }

    /** Rows {@code first} … at one position; {@code image} is where the group's first channel begins. */
    void column(float[] x, int image, int position, int first, int count, float[] into) {
        WindowGeometry g = shape.window();
        int top = position / shape.outWidth() * g.strideY() - g.padTop();
        int left = position % shape.outWidth() * g.strideX() - g.padLeft();
        int tap = first % shape.taps();
        int plane = image + first / shape.taps() * shape.plane();
        int ky = tap / g.width();
        int kx = tap % g.width();
        for (int i = 0; i < count; i++) {
            int iy = top + ky * g.dilationY();
            int ix = left + kx * g.dilationX();
            boolean inside = iy >= 0 && iy < shape.height() && ix >= 0 && ix < shape.width();
            into[i] = inside ? x[plane + iy * shape.width() + ix] : 0;
            if (++kx == g.width()) {
                kx = 0;
                if (++ky == g.height()) {
                    ky = 0;
                    plane += shape.plane();
                }
            }
        }
    }
}
