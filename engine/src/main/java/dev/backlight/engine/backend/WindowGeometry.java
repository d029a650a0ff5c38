package dev.backlight.engine.backend;

import dev.backlight.engine.shape.ShapeException;

/**
 * How a window of {@code height × width} taps slides over the two innermost axes: strides, dilations, and zero padding at
 * each edge (which may differ). Shared by convolution and pooling.
 */
public record WindowGeometry(
        int height,
        int width,
        int strideY,
        int strideX,
        int dilationY,
        int dilationX,
        int padTop,
        int padLeft,
        int padBottom,
        int padRight) {
    public WindowGeometry {
        if (height < 1 || width < 1 || strideY < 1 || strideX < 1 || dilationY < 1 || dilationX < 1) {
            throw new ShapeException("a window needs sizes, strides and dilations of at least 1, but found window "
                    + height + "×" + width + ", stride " + strideY + "×" + strideX + ", dilation " + dilationY + "×"
                    + dilationX);
        }
        if (padTop < 0 || padLeft < 0 || padBottom < 0 || padRight < 0) {
            throw new ShapeException("padding cannot be negative, but found top " + padTop + ", left " + padLeft
                    + ", bottom " + padBottom + ", right " + padRight);
        }
    }

    /** A square window with one stride and one padding for all edges. */
    public static WindowGeometry square(int size, int stride, int padding) {
        return new WindowGeometry(size, size, stride, stride, 1, 1, padding, padding, padding, padding);
    }

    public WindowGeometry dilated(int y, int x) {
        return new WindowGeometry(height, width, strideY, strideX, y, x, padTop, padLeft, padBottom, padRight);
    }

    /** Positions of the window along the height, rounded down. */
    public int outputHeight(int inputHeight) {
        return positions(inputHeight + padTop + padBottom, (height - 1) * dilationY + 1, strideY, inputHeight);
    }

    /** Positions of the window along the width, rounded down. */
    public int outputWidth(int inputWidth) {
        return positions(inputWidth + padLeft + padRight, (width - 1) * dilationX + 1, strideX, inputWidth);
    }

    private int positions(int padded, int extent, int stride, int input) {
        if (padded < extent) {
            throw new ShapeException("a window of extent " + extent + " does not fit an input of size " + input
                    + " padded to " + padded + "; use a larger image or more padding");
        }
        return (padded - extent) / stride + 1;
    }
}
