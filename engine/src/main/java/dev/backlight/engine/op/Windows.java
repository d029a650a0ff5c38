package dev.backlight.engine.op;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;

/** Where pooling windows lie: how many there are, and how many of their taps hold an element. */
final class Windows {
    private Windows() {}

    /**
     * The shape that pooling gives. In ceil mode a last window that reaches beyond the padding by less than a stride counts
     * too, unless it would start in the padding at the end: PyTorch's rule, and ONNX's.
     */
    static Shape output(String operation, Shape x, WindowGeometry g, boolean ceilMode) {
        if (x.rank() != 4) {
            throw new ShapeException(operation + " needs images N×C×H×W, but found shape " + x);
        }
        if (!ceilMode) {
            return Shape.of(x.size(0), x.size(1), g.outputHeight(x.size(2)), g.outputWidth(x.size(3)));
        }
        int extentY = (g.height() - 1) * g.dilationY() + 1;
        int extentX = (g.width() - 1) * g.dilationX() + 1;
        int height = ceiling(operation, x.size(2), g.padTop(), g.padBottom(), extentY, g.strideY());
        int width = ceiling(operation, x.size(3), g.padLeft(), g.padRight(), extentX, g.strideX());
        return Shape.of(x.size(0), x.size(1), height, width);
    }

    private static int ceiling(String operation, int size, int before, int after, int extent, int stride) {
        int windows = Math.ceilDiv(size + before + after - extent, stride) + 1;
        if (windows < 1) {
            throw new ShapeException(operation + " in ceil mode needs an input that lacks less than its stride of "
                    + stride + " to a window of extent " + extent + ", but found an input of size " + size
                    + " padded to " + (size + before + after) + "; use a larger image or more padding");
        }
        return (windows - 1) * stride < size + before ? windows : windows - 1;
    }

    /** @throws ShapeException when a window holds no element at all */
    static void requireTaps(String operation, Shape x, WindowGeometry window, Shape output) {
        for (int taps : rowTaps(window, x.size(2), output.size(2), false)) {
            requireTaps(operation, taps, x, window);
        }
        for (int taps : columnTaps(window, x.size(3), output.size(3), false)) {
            requireTaps(operation, taps, x, window);
        }
    }

    private static void requireTaps(String operation, int taps, Shape x, WindowGeometry window) {
        if (taps == 0) {
            throw new ShapeException(operation + " of shape " + x + " with " + describe(window)
                    + " has a window that lies in the padding altogether; use less padding");
        }
    }

    /** For messages: {@code a 3×3 window, stride 2×2, dilation 1×1}. */
    static String describe(WindowGeometry g) {
        return "a " + g.height() + "×" + g.width() + " window, stride " + g.strideY() + "×" + g.strideX()
                + ", dilation " + g.dilationY() + "×" + g.dilationX();
    }

    /** For each row of windows how many of their rows hold elements, or elements and stated padding. */
    static int[] rowTaps(WindowGeometry g, int size, int windows, boolean includePadding) {
        int before = includePadding ? g.padTop() : 0;
        int after = includePadding ? g.padBottom() : 0;
        return taps(windows, g.strideY(), g.padTop(), g.height(), g.dilationY(), -before, size + after);
    }

    /** The same for columns. */
    static int[] columnTaps(WindowGeometry g, int size, int windows, boolean includePadding) {
        int before = includePadding ? g.padLeft() : 0;
        int after = includePadding ? g.padRight() : 0;
        return taps(windows, g.strideX(), g.padLeft(), g.width(), g.dilationX(), -before, size + after);
    }

    private static int[] taps(int windows, int stride, int pad, int count, int dilation, int from, int to) {
        int[] taps = new int[windows];
        for (int window = 0; window < windows; window++) {
            for (int tap = 0; tap < count; tap++) {
                int position = window * stride - pad + tap * dilation;
                taps[window] += position >= from && position < to ? 1 : 0;
            }
        }
        return taps;
    }
}
