package dev.backlight.models.vision;

import dev.backlight.engine.nn.Layer;
import dev.backlight.models.data.ClassNames;
import dev.backlight.models.data.Preprocessing;

/**
 * A network with what is needed to use it.
 *
 * @param architecture the network's name in the {@link Zoo}
 * @param network gives one logit per class
 * @param classes what the logits mean
 * @param preprocessing what the network wants to be fed
 */
public record Classifier(String architecture, Layer network, ClassNames classes, Preprocessing preprocessing) {
    /**
     * A network of the zoo, without values.
     *
     * @throws dev.backlight.engine.shape.ShapeException where the zoo has none of that name
     */
    public static Classifier of(String architecture, ClassNames classes, Preprocessing preprocessing) {
        Layer network = Zoo.named(architecture).build(preprocessing.channels().count(), classes.size());
        return new Classifier(architecture, network, classes, preprocessing);
    }
}
