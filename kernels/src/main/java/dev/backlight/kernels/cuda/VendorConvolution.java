package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;

/**
 * A convolution of F32 images, as shapes: of the images x, of the weights w and of the result y. Its two gradients have the
 * same description.
 */
record VendorConvolution(Shape x, Shape w, Shape y, WindowGeometry window, int groups) {}
