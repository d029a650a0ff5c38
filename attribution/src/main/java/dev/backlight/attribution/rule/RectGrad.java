package dev.backlight.attribution.rule;

import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.step;
import static dev.backlight.engine.op.Ops.sub;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.PropagationMap;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Constants;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;

/**
 * Rectified gradient (Kim et al. 2019, arXiv 1902.04893): a rectifier with output a passes u where a·u exceeds the given
 * percentile of a·u over all elements of the same sample. The threshold counts as a constant in second derivatives.
 *
 * @param percentile in 0..100; the authors use 98 on ImageNet
 */
public record RectGrad(double percentile) implements Rule {
    public RectGrad {
        if (!(percentile >= 0 && percentile <= 100)) {
            throw new ShapeException("RectGrad needs a percentile between 0 and 100, but found " + percentile);
        }
    }

    @Override
    public String name() {
        return "rectgrad";
    }

    @Override
    public PropagationMap propagations() {
        return PropagationMap.where(at -> Nonlinearities.isRectifier(at.op()), this::propagate);
    }

    @Override
    public boolean readsNumbers() {
        return true;
    }

    private Gradients propagate(Application at, Tensor upstream) {
        return Gradients.of(() -> {
            Tensor importance = mul(at.output(), upstream).detached();
            return mul(upstream, step(sub(importance, thresholds(importance))));
        });
    }

    /** One threshold per sample, shaped to broadcast. */
    private Tensor thresholds(Tensor importance) {
        Shape shape = importance.shape();
        int samples = shape.size(0);
        double[] values = importance.toDoubles();
        int each = values.length / Math.max(1, samples);
        double[] thresholds = new double[samples];
        for (int n = 0; n < samples; n++) {
            thresholds[n] = Percentile.of(Arrays.copyOfRange(values, n * each, (n + 1) * each), percentile);
        }
        int[] sizes = new int[shape.rank()];
        Arrays.fill(sizes, 1);
        sizes[0] = samples;
        return Constants.of(importance, Shape.of(sizes), thresholds);
    }
}
