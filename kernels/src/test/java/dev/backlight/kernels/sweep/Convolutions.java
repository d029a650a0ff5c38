package dev.backlight.kernels.sweep;

import static dev.backlight.engine.shape.DType.F32;
import static dev.backlight.engine.shape.DType.F64;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.sweep.SweepCase.Bound;
import java.util.List;

/** Convolutions of all geometries, and their gradients. */
final class Convolutions {
    /** Direct sums: rounding errors of terms of both signs grow like the sum of magnitudes. */
    static final Bound DIRECT = Bounds.terms(8);

    /**
     * Minimal filtering, which backends may use for 3×3 windows of stride 1: sums of transformed operands, whose magnitude is
     * that of the neighbourhood. Its worst case is far larger; this is what random operands stay within.
     */
    static final Bound MINIMAL = Bounds.largestTerms(32);

    /** Sizes large enough for blocks, threads and, where a backend has it, minimal filtering. */
    private static final List<Sizes> LAYERS = List.of(
            Sizes.of(1, 64, 56, 56, 64, WindowGeometry.square(3, 1, 1), 1),
            Sizes.of(1, 256, 14, 14, 256, WindowGeometry.square(3, 1, 1), 1),
            Sizes.of(33, 64, 8, 8, 65, WindowGeometry.square(3, 1, 1), 1),
            Sizes.of(1, 3, 97, 113, 64, WindowGeometry.square(7, 2, 3), 1),
            Sizes.of(2, 300, 7, 7, 130, WindowGeometry.square(1, 1, 0), 1),
            Sizes.of(2, 128, 28, 28, 130, WindowGeometry.square(1, 2, 0), 1),
            Sizes.of(1, 96, 29, 27, 96, WindowGeometry.square(3, 2, 1), 96),
            Sizes.of(2, 64, 28, 28, 64, WindowGeometry.square(3, 1, 1), 16),
            Sizes.of(1, 64, 28, 29, 128, WindowGeometry.square(3, 2, 1), 1));

    private Convolutions() {}

    /** The sizes of a convolution: x is batch × channels × height × width. */
    record Sizes(int batch, int channels, int height, int width, int filters, WindowGeometry window, int groups) {
        static Sizes of(
                int batch, int channels, int height, int width, int filters, WindowGeometry window, int groups) {
            return new Sizes(batch, channels, height, width, filters, window, groups);
        }

        Shape x() {
            return Shape.of(batch, channels, height, width);
        }

        Shape w() {
            return Shape.of(filters, channels / groups, window.height(), window.width());
        }

        Shape y() {
            return Primitive.convolutionShape(x(), w(), window);
        }

        /** The bound of forward and input gradient. */
        Bound bound() {
            boolean dense = window.strideY() == 1 && window.strideX() == 1;
            boolean compact = window.dilationY() == 1 && window.dilationX() == 1;
            boolean three = window.height() == 3 && window.width() == 3;
            return three && dense && compact && groups == 1 ? MINIMAL : DIRECT;
        }
    }

    static SweepCase forward(Draw draw, int index) {
        Sizes s = sizes(draw, index);
        DType dtype = dtype(draw, index);
        Primitive primitive = new Primitive.Convolution(s.window(), s.groups());
        DeviceArray x = draw.values(dtype, s.x());
        DeviceArray w = draw.values(dtype, s.w());
        return draw.oneIn(2)
                ? new SweepCase(primitive, dtype, s.y(), s.bound(), x, w)
                : new SweepCase(primitive, dtype, s.y(), s.bound(), x, w, draw.values(dtype, Shape.of(s.filters())));
    }

    static SweepCase inputGradient(Draw draw, int index) {
        Sizes s = sizes(draw, index);
        DType dtype = dtype(draw, index);
        Primitive primitive = new Primitive.ConvolutionInputGradient(s.window(), s.groups());
        return new SweepCase(primitive, dtype, s.x(), s.bound(), draw.values(dtype, s.y()), draw.values(dtype, s.w()));
    }

    static SweepCase weightGradient(Draw draw, int index) {
        Sizes s = sizes(draw, index);
        DType dtype = dtype(draw, index);
        Primitive primitive = new Primitive.ConvolutionWeightGradient(s.window(), s.groups());
        return new SweepCase(primitive, dtype, s.w(), DIRECT, draw.values(dtype, s.x()), draw.values(dtype, s.y()));
    }

    private static DType dtype(Draw draw, int index) {
        return index >= LAYERS.size() && draw.oneIn(8) ? F64 : F32;
    }

    private static Sizes sizes(Draw draw, int index) {
        return index < LAYERS.size() && draw.extent() == Extent.FULL ? LAYERS.get(index) : random(draw);
    }

    static Sizes random(Draw draw) {
        return switch (draw.from(0, 9)) {
            case 0, 1 -> plain(draw, 3, 1, draw.from(0, 2), 1);
            case 2 -> plain(draw, 1, draw.oneOf(1, 1, 2), 0, 1);
            case 3 -> depthwise(draw);
            case 4 -> plain(draw, draw.oneOf(1, 3, 3, 5), draw.from(1, 2), draw.from(0, 2), draw.from(2, 5));
            case 5 -> plain(draw, draw.oneOf(2, 3, 5), draw.from(2, 3), draw.from(0, 2), 1);
            case 6 ->
                Sizes.of(
                        1,
                        draw.oneOf(1, 3),
                        draw.from(11, 40),
                        draw.from(11, 40),
                        draw.from(1, 20),
                        WindowGeometry.square(7, 2, 3),
                        1);
            case 7 -> tiny(draw);
            default -> any(draw);
        };
    }

    /** A square window; now and then many channels. */
    private static Sizes plain(Draw draw, int window, int stride, int padding, int groups) {
        int side = Math.max(1, window - 2 * padding);
        int height = side + draw.random().nextInt(draw.oneIn(5) ? 40 : 12);
        int width = side + draw.random().nextInt(draw.oneIn(5) ? 60 : 12);
        return Sizes.of(
                draw.from(1, 4),
                groups * channels(draw, 9),
                height,
                width,
                groups * channels(draw, 14),
                WindowGeometry.square(window, stride, padding),
                groups);
    }

    private static int channels(Draw draw, int few) {
        return draw.from(1, draw.oneIn(5) ? 70 : few);
    }

    private static Sizes depthwise(Draw draw) {
        int channels = draw.from(2, 40);
        int window = draw.oneOf(3, 3, 5);
        return Sizes.of(
                draw.from(1, 3),
                channels,
                draw.from(window, 30),
                draw.from(window, 30),
                channels,
                WindowGeometry.square(window, draw.from(1, 2), draw.from(0, window / 2)),
                channels);
    }

    /** The window hangs over a plane that is smaller than it. */
    private static Sizes tiny(Draw draw) {
        int padding = draw.from(2, 3);
        return Sizes.of(
                draw.from(1, 9),
                channels(draw, 9),
                draw.from(1, 4),
                draw.from(1, 4),
                channels(draw, 9),
                WindowGeometry.square(draw.from(1, 5), draw.from(1, 3), padding),
                1);
    }

    /** Every number of the geometry drawn by itself. */
    private static Sizes any(Draw draw) {
        int groups = draw.oneIn(3) ? draw.from(1, 5) : 1;
        WindowGeometry g = window(draw);
        int height = least(g.height(), g.dilationY(), g.padTop() + g.padBottom());
        int width = least(g.width(), g.dilationX(), g.padLeft() + g.padRight());
        return Sizes.of(
                draw.from(1, 4),
                groups * channels(draw, 9),
                height + draw.random().nextInt(draw.oneIn(4) ? 40 : 9),
                width + draw.random().nextInt(draw.oneIn(4) ? 40 : 9),
                groups * channels(draw, 14),
                g,
                groups);
    }

    static WindowGeometry window(Draw draw) {
        boolean plain = draw.oneIn(3);
        int most = plain ? 1 : 3;
        return new WindowGeometry(
                draw.from(1, 5),
                draw.from(1, 5),
                draw.from(1, most),
                draw.from(1, most),
                draw.from(1, most),
                draw.from(1, most),
                draw.from(0, 3),
                draw.from(0, 3),
                draw.from(0, 3),
                draw.from(0, 3));
    }

    private static int least(int taps, int dilation, int padding) {
        return Math.max(1, (taps - 1) * dilation + 1 - padding);
    }
}
