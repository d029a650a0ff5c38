package dev.backlight.engine.nn;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;

/** How a parameter's first values come about. */
public sealed interface Initializer {
    /** One value everywhere. */
    record Constant(double value) implements Initializer {}

    /** Normal numbers of mean 0 and a standard deviation. */
    record Normal(double deviation) implements Initializer {}

    /** Uniform numbers on [−bound, bound). */
    record Uniform(double bound) implements Initializer {}

    static Initializer zeros() {
        return new Constant(0);
    }

    static Initializer ones() {
        return new Constant(1);
    }

    /** He et al. 2015 for rectifiers, by fan-out: deviation √(2/fan). */
    static Initializer kaimingNormal(int fan) {
        return new Normal(Math.sqrt(2.0 / fan));
    }

    /** The uniform distribution on ±1/√fan that linear layers and biases traditionally start from. */
    static Initializer uniformByFan(int fan) {
        return new Uniform(1 / Math.sqrt(fan));
    }

    /** Makes the values; the same seed gives the same numbers on every backend. */
    default Tensor create(Backend backend, DType dtype, Shape shape, long seed) {
        return switch (this) {
            case Constant constant -> Tensor.full(backend, dtype, shape, constant.value());
            case Normal normal ->
                Ops.mul(Tensor.random(backend, dtype, shape, Primitive.Distribution.NORMAL, seed), normal.deviation());
            case Uniform uniform ->
                Ops.add(
                        Ops.mul(
                                Tensor.random(backend, dtype, shape, Primitive.Distribution.UNIFORM, seed),
                                2 * uniform.bound()),
                        -uniform.bound());
        };
    }
}
