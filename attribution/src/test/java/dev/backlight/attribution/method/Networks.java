package dev.backlight.attribution.method;

import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.nn.Activation;
import dev.backlight.engine.nn.AdaptiveAveragePooling;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Flatten;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Linear;
import dev.backlight.engine.nn.MaxPooling;
import dev.backlight.engine.nn.Sequential;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;

/** Small networks and images, in double precision. */
public final class Networks {
    public static final Backend BACKEND = new ReferenceBackend();
    public static final int CLASSES = 4;

    private Networks() {}

    /** Two convolutions with a non-linearity each, a max-pool, and a linear head on pooled features; 8×8 images. */
    public static Layer convolutional(Op nonlinearity) {
        return initialised(new Sequential(
                new Convolution(3, 6, WindowGeometry.square(3, 1, 1), 1, true),
                new Activation(nonlinearity),
                new MaxPooling(WindowGeometry.square(2, 2, 0)),
                new Convolution(6, 5, WindowGeometry.square(3, 1, 1), 1, true),
                new Activation(nonlinearity),
                new MaxPooling(WindowGeometry.square(2, 2, 0)),
                new Flatten(),
                new Linear(20, CLASSES)));
    }

    /** A convolutional head, as SqueezeNet has it. */
    public static Layer fullyConvolutional() {
        return initialised(new Sequential(
                new Convolution(3, 6, WindowGeometry.square(3, 1, 1), 1, true),
                Activation.relu(),
                new Convolution(6, CLASSES, WindowGeometry.square(1, 1, 0), 1, true),
                Activation.relu(),
                AdaptiveAveragePooling.global(),
                new Flatten()));
    }

    /** No feature maps at all. */
    public static Layer perceptron() {
        return initialised(new Sequential(new Flatten(), new Linear(3 * 8 * 8, CLASSES)));
    }

    /** Standard normal images. */
    public static Tensor images(int count, long seed) {
        return Tensor.random(BACKEND, DType.F64, Shape.of(count, 3, 8, 8), Primitive.Distribution.NORMAL, seed);
    }

    private static Layer initialised(Layer network) {
        network.initialise(BACKEND, DType.F64, 7);
        return network;
    }
}
