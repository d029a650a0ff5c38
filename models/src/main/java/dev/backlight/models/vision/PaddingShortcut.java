package dev.backlight.models.vision;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.op.Embed;
import dev.backlight.engine.op.Slice;
import dev.backlight.engine.shape.Shape;

/** Option A of He et al. 2016: every second pixel, with zero channels added before and after in equal numbers. */
final class PaddingShortcut extends Layer {
    private final int in;
    private final int out;

    PaddingShortcut(int in, int out) {
        this.in = in;
        this.out = out;
    }

    @Override
    protected Tensor forward(Tensor x, Pass pass) {
        Shape shape = x.shape();
        Shape halved = shape.with(2, Math.ceilDiv(shape.size(2), 2)).with(3, Math.ceilDiv(shape.size(3), 2));
        Tensor sampled = new Slice(AxisList.of(0, 0, 0, 0), AxisList.of(1, 1, 2, 2), halved).on(x);
        AxisList start = AxisList.of(0, (out - in) / 2, 0, 0);
        return new Embed(start, AxisList.of(1, 1, 1, 1), halved.with(1, out)).on(sampled);
    }
}
