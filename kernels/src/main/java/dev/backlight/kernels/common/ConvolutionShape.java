package dev.backlight.kernels.common;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;

/**
 * The sizes of a convolution: x is {@code batch × channels × height × width}, the weights are
 * {@code filters × (channels/groups) × window}, y is {@code batch × filters × outHeight × outWidth}.
 */
public record ConvolutionShape(
        int batch,
        int channels,
        int height,
        int width,
        int filters,
        int outHeight,
        int outWidth,
        WindowGeometry window,
        int groups) {
    /** The sizes given by the shapes of x, of the weights and of y. */
    public static ConvolutionShape of(Shape x, Shape w, Shape y, WindowGeometry window, int groups) {
        return new ConvolutionShape(
                x.size(0), x.size(1), x.size(2), x.size(3), w.size(0), y.size(2), y.size(3), window, groups);
    }

    public int channelsPerGroup() {
        return channels / groups;
    }

    public int filtersPerGroup() {
        return filters / groups;
    }

    public int taps() {
        return window.height() * window.width();
    }

    public int plane() {
        return height * width;
    }

    public int outPlane() {
        return outHeight * outWidth;
    }

    /** Whether every window is one element of x: the convolution is then a plain product of matrices. */
    public boolean isPointwise() {
        boolean dense = window.strideY() == 1 && window.strideX() == 1 && window.padTop() == 0 && window.padLeft() == 0;
        return taps() == 1 && dense && outHeight == height && outWidth == width;
    }

    public boolean isDepthwise() {
        return channelsPerGroup() == 1 && filtersPerGroup() == 1;
    }
}
