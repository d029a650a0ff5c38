package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Tensor;
import java.util.List;

/** Each channel of each image normalised (Ulyanov et al. 2016). Inputs x {@code N×C×…}, γ, β of size C. */
public record InstanceNorm(double epsilon) implements Composite {
    @Override
    public Tensor formula(List<Tensor> inputs) {

        Tensor x = inputs.getFirst();
        Channels.require("instanceNorm", x, inputs.get(1), inputs.get(2));
        return Normalising.groups("instanceNorm", inputs, x.shape().size(1), epsilon);
    }
}
