package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;

/**
 * Pooling to a stated size: window i of n covers elements ⌊i·size/n⌋ to ⌈(i+1)·size/n⌉ − 1 (as PyTorch has it). Where n
 * divides the size these are the windows of an ordinary pooling.
 */
final class AdaptiveWindows {
    private AdaptiveWindows() {}

    /** One window for a whole plane. */
    static WindowGeometry whole(String operation, Shape x) {
        requireImages(operation, x, 1, 1);
        return new WindowGeometry(x.size(2), x.size(3), 1, 1, 1, 1, 0, 0, 0, 0);
    }

    static Tensor average(Tensor x, int height, int width) {
        requireImages("adaptiveAveragePool", x.shape(), height, width);
        return isUniform(x.shape(), height, width)
                ? new AvgPool(tiles(x.shape(), height, width), false, true).on(x)
                : new AdaptiveAvgPool(height, width).on(x);
    }

    static Tensor max(Tensor x, int height, int width) {
        requireImages("adaptiveMaxPool", x.shape(), height, width);
        return isUniform(x.shape(), height, width)
                ? Neural.maxPool(x, tiles(x.shape(), height, width), false)
                : new MaxPool(null, false).on(x, maxIndices(x.detached(), height, width));
    }

    /**
     * Each window is stretched to a common extent by repeating its last element, which leaves its maximum alone; the
     * indices found are then led back to the elements repeated.
     */
    private static Tensor maxIndices(Tensor x, int height, int width) {
        int[] rows = stretched(x.shape().size(2), height);
        int[] columns = stretched(x.shape().size(3), width);
        Tensor windows = Shapes.take(Shapes.take(x, 2, rows), 3, columns);
        Tensor found = MaxPool.indices(windows, tiles(windows.shape(), height, width), false);
        int[] origin = new int[rows.length * columns.length];
        for (int i = 0; i < origin.length; i++) {
            origin[i] = rows[i / columns.length] * x.shape().size(3) + columns[i % columns.length];
        }
        return Shapes.take(Constants.indices(x, origin), 0, found);
    }

    private static int[] stretched(int size, int windows) {
        int extent = 0;
        for (int i = 0; i < windows; i++) {
            extent = Math.max(extent, end(i, size, windows) - start(i, size, windows));
        }
        int[] elements = new int[windows * extent];
        for (int i = 0; i < elements.length; i++) {
            int window = i / extent;
            elements[i] = Math.min(start(window, size, windows) + i % extent, end(window, size, windows) - 1);
        }
        return elements;
    }

    static int start(int window, int size, int windows) {
        return (int) ((long) window * size / windows);
    }

    static int end(int window, int size, int windows) {
        return (int) Math.ceilDiv((window + 1L) * size, windows);
    }

    private static boolean isUniform(Shape x, int height, int width) {
        return x.size(2) % height == 0 && x.size(3) % width == 0;
    }

    private static WindowGeometry tiles(Shape x, int height, int width) {
        int y = x.size(2) / height;
        int z = x.size(3) / width;
        return new WindowGeometry(y, z, y, z, 1, 1, 0, 0, 0, 0);
    }

    private static void requireImages(String operation, Shape x, int height, int width) {
        if (x.rank() != 4 || x.elements() == 0 || height < 1 || width < 1) {
            throw new ShapeException(operation + " to " + height + "×" + width
                    + " needs images N×C×H×W and a positive size, but found shape " + x);
        }
    }
}
