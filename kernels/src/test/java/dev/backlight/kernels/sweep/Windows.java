package dev.backlight.kernels.sweep;

import static dev.backlight.engine.shape.DType.F32;
import static dev.backlight.engine.shape.DType.I64;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;

/** Pooling over windows of all geometries, those included that ceil mode adds. */
final class Windows {
    private Windows() {}

    private record Sizes(WindowGeometry window, Shape x, Shape y) {
        static Sizes random(Draw draw) {
            WindowGeometry g = draw.oneIn(3)
                    ? WindowGeometry.square(draw.from(2, 3), 2, draw.from(0, 1))
                    : Convolutions.window(draw);
            int extentY = (g.height() - 1) * g.dilationY() + 1;
            int extentX = (g.width() - 1) * g.dilationX() + 1;
            int height = images(draw, extentY);
            int width = images(draw, extentX);
            int extra = draw.from(0, 1);
            int rows = windows(height + g.padTop() + g.padBottom(), extentY, g.strideY()) + extra;
            int columns = windows(width + g.padLeft() + g.padRight(), extentX, g.strideX()) + extra;
            int count = draw.from(1, 3);
            int channels = draw.size(4);
            return new Sizes(g, Shape.of(count, channels, height, width), Shape.of(count, channels, rows, columns));
        }

        /** In ceil mode a window may be larger than the image. */
        private static int images(Draw draw, int extent) {
            return draw.oneIn(6) ? draw.from(1, extent) : extent + draw.from(0, draw.oneIn(5) ? 60 : 20);
        }

        private static int windows(int padded, int extent, int stride) {
            return Math.max(0, padded - extent) / stride + 1;
        }
    }

    static SweepCase maxIndices(Draw draw, int index) {
        Sizes s = Sizes.random(draw);
        DeviceArray x = draw.oneIn(3) ? draw.special(s.x) : draw.either(s.x);
        return new SweepCase(new Primitive.MaxPoolIndices(s.window), I64, s.y, Bounds.EXACT, x);
    }

    static SweepCase sum(Draw draw, int index) {
        Sizes s = Sizes.random(draw);
        return new SweepCase(new Primitive.WindowSum(s.window), F32, s.y, Bounds.terms(4), draw.values(F32, s.x));
    }

    static SweepCase sumAdjoint(Draw draw, int index) {
        Sizes s = Sizes.random(draw);
        return new SweepCase(
                new Primitive.WindowSumAdjoint(s.window), F32, s.x, Bounds.terms(4), draw.values(F32, s.y));
    }
}
