package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Tensor;
import java.util.List;

/** Each image normalised over each group of its channels (Wu and He 2018). Inputs x {@code N×C×…}, γ, β of size C. */
public record GroupNorm(int groups, double epsilon) implements Composite {
    @Override
    public Tensor formula(List<Tensor> inputs) {
        return Normalising.groups("groupNorm", inputs, groups, epsilon);
    }
}
