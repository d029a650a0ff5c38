package dev.backlight.benchmarks.contest;

import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import java.util.Map;

/**
 * Statistics of normalisations taken from data, as a trained network's are. With statistics that have nothing to do with
 * the weights activations grow from layer to layer, without bound in a network that concatenates, and rounding with them.
 */
final class Calibration {
    /** A training pass moves statistics a tenth of the way from where they were to those of its batch. */
    private static final double WAY = 0.1;

    private Calibration() {}

    static boolean isStatistic(String name) {
        return name.endsWith(".running_mean") || name.endsWith(".running_var");
    }

    /** Whether there are normalisations. */
    static boolean isNeeded(Layer network) {
        return network.state().keySet().stream().anyMatch(Calibration::isStatistic);
    }

    /**
     * Sets all running means and variances to those of one batch of images, computed in double precision, whatever rounding a
     * backend does; the network is in single precision before and after.
     */
    static void of(Layer network, Tensor images) {
        Backend backend = images.backend();
        network.to(backend, DType.F64);
        Map<String, Parameter> state = network.state();
        scaleStatistics(state, 0);
        try (Scope scope = Scope.open()) {
            network.apply(Ops.cast(images, DType.F64), Pass.training(new Tape(), 0));
        }
        scaleStatistics(state, 1 / WAY);
        network.to(backend, DType.F32);
        // The pass keeps all activations, which nobody asks for again.
        backend.pool().trim();
    }

    private static void scaleStatistics(Map<String, Parameter> state, double factor) {
        try (Scope scope = Scope.open()) {
            state.forEach((name, parameter) -> {
                if (isStatistic(name)) {
                    parameter.assign(Ops.mul(parameter.value(), factor));
                }
            });
        }
    }
}
