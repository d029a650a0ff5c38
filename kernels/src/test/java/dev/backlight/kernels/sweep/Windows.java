package dev.backlight.kernels.sweep;

import static dev.backlight.engine.shape.DType.F32;
import static dev.backlight.engine.shape.DType.I64;

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
            Shape x = Shape.of(
                    draw.from(1, 3),
                    draw.size(4),
                    g.height() * g.dilationY() + draw.from(0, draw.oneIn(5) ? 60 : 20),
                    g.width() * g.dilationX() + draw.from(0, draw.oneIn(5) ? 60 : 20));
            int extra = draw.from(0, 1);
            return new Sizes(
                    g,
                    x,
                    Shape.of(
                            x.size(0), x.size(1), g.outputHeight(x.size(2)) + extra, g.outputWidth(x.size(3)) + extra));
        }
    }

    static SweepCase maxIndices(Draw draw, int index) {
        Sizes s = Sizes.random(draw);
        return new SweepCase(new Primitive.MaxPoolIndices(s.window), I64, s.y, Bounds.EXACT, draw.either(s.x));
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
