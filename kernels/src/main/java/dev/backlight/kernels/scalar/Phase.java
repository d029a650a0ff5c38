package dev.backlight.kernels.scalar;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The elements of x at rows y, y + strideY, … and columns x, x + strideX, …, and the results that they take part in. */
record Phase(ConvolutionShape shape, int y, int x) {
    int rows() {
        return Math.ceilDiv(shape.height() - y, shape.window().strideY());
    }

    int columns() {
        return Math.ceilDiv(shape.width() - x, shape.window().strideX());
    }

    /** Taps that meet these elements at whole positions of the window. */
    int[] taps() {
        WindowGeometry g = shape.window();
        return IntStream.range(0, shape.taps())
                .filter(tap -> (y + g.padTop() - tap / g.width() * g.dilationY()) % g.strideY() == 0
                        && (x + g.padLeft() - tap % g.width() * g.dilationX()) % g.strideX() == 0)
                .toArray();
    }

    /** For elements {@code first} …, the results to which a tap carries them; {@code plane} is where the filter begins in u. */
    void row(float[] u, int plane, int tap, int first, int count, float[] into) {
        WindowGeometry g = shape.window();
        int shiftY = Math.floorDiv(y + g.padTop() - tap / g.width() * g.dilationY(), g.strideY());
        int shiftX = Math.floorDiv(x + g.padLeft() - tap % g.width() * g.dilationX(), g.strideX());
        for (int done = 0; done < count; ) {
            int oy = (first + done) / columns() + shiftY;
            int column = (first + done) % columns();
            int length = Math.min(columns() - column, count - done);
            if (oy < 0 || oy >= shape.outHeight()) {
                Arrays.fill(into, done, done + length, 0);
            } else {
                int ox = column + shiftX;
                int from = plane + oy * shape.outWidth() + ox;
                Products.line(u, from, 1, -ox, shape.outWidth() - ox, into, done, length);
            }
            done += length;
        }
    }
}
