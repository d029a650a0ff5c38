package dev.backlight.attribution.learn;

import dev.backlight.engine.shape.Shape;

/** Which elements of an activation {@code N×C×H×W} share their logits. Logits shared by images can explain new ones. */
public enum Sharing {
    /** None: every pixel and channel of every image has its own. */
    NOTHING,
    /** Images: one set per pixel and channel. */
    IMAGES,
    /** Images and pixels: one set per channel. */
    PIXELS,
    /** Images and channels: one set per pixel. */
    CHANNELS,
    /** Everything: one set per layer. */
    LAYER;

    /** The shape of a site's logits {@code 3×…}, broadcasting to {@code 3×activation}. */
    Shape logits(Shape activation) {
        int[] sizes = activation.sizes();
        for (int axis = 0; axis < sizes.length; axis++) {
            boolean shared = switch (this) {
                case NOTHING -> false;
                case IMAGES -> axis == 0;
                case PIXELS -> axis != 1;
                case CHANNELS -> axis < 2;
                case LAYER -> true;
            };
            sizes[axis] = shared ? 1 : sizes[axis];
        }
        return Shape.of(sizes).insert(0, 3);
    }

    /** Whether the logits fit images that they were not trained on. */
    public boolean isAcrossImages() {
        return this != NOTHING;
    }
}
