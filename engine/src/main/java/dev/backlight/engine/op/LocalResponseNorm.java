package dev.backlight.engine.op;

import static dev.backlight.engine.op.Ops.add;
import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.pow;
import static dev.backlight.engine.op.Ops.reshape;
import static dev.backlight.engine.op.Ops.square;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.ShapeException;
import java.util.List;

/**
 * {@code x / (bias + alpha/size·Σ x²)^beta} over the {@code size} channels around each, of which ⌊(size−1)/2⌋ come before it
 * (Krizhevsky et al. 2012, scaled as in ONNX and PyTorch). Images {@code N×C×H×W}.
 */
public record LocalResponseNorm(int size, double alpha, double beta, double bias) implements Composite {
    @Override
    public Tensor formula(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        if (x.shape().rank() < 3 || size < 1) {
            throw new ShapeException("localResponseNorm over " + size
                    + " channels needs a positive number of them and images N×C×H×W, but found shape " + x.shape());
        }
        int channels = x.shape().size(1);
        int before = (size - 1) / 2;
        WindowGeometry window = new WindowGeometry(size, 1, 1, 1, 1, 1, before, 0, size - 1 - before, 0);
        Tensor planes = Shapes.reshape(square(x), x.shape().size(0), 1, channels, -1);
        Tensor sums = new WindowSum(window, channels, planes.shape().size(3)).on(planes);
        Tensor scale = add(mul(reshape(sums, x.shape()), alpha / size), bias);
        return mul(x, pow(scale, -beta));
    }
}
