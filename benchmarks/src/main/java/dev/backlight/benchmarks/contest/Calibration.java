package dev.backlight.benchmarks.contest;

import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.BatchNormalization;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.nn.Pass;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Statistics of normalisations taken from data, as a trained network's are. With statistics that have nothing to do with
 * the weights activations grow from layer to layer, without bound in a network that concatenates, and rounding with them.
 */
final class Calibration {
    /** By network: each contestant of a process prepares it, and a calibration takes longer than a small job. */
    private static final Map<String, Map<String, float[]>> FOUND = new ConcurrentHashMap<>();

    private Calibration() {}

    static boolean isStatistic(String name) {
        return name.endsWith(".running_mean") || name.endsWith(".running_var");
    }

    /** Whether there are normalisations. */
    static boolean isNeeded(Layer network) {
        return network.state().keySet().stream().anyMatch(Calibration::isStatistic);
    }

    /**
     * {@link #of} the first time in a process that a network of this name is asked for, and the numbers found then ever after.
     *
     * @param images always the same ones for a name
     */
    static void shared(String name, Layer network, Supplier<Tensor> images) {
        Map<String, float[]> found = FOUND.computeIfAbsent(name, _ -> {
            try (Scope scope = Scope.open()) {
                of(network, images.get());
            }
            return statistics(network);
        });
        try (Scope scope = Scope.open()) {
            network.state().forEach((key, parameter) -> {
                float[] values = found.get(key);
                if (values != null) {
                    parameter.assign(Tensor.of(parameter.value().backend(), parameter.shape(), values));
                }
            });
        }
    }

    private static Map<String, float[]> statistics(Layer network) {
        Map<String, float[]> statistics = new HashMap<>();
        network.state().forEach((key, parameter) -> {
            if (isStatistic(key)) {
                statistics.put(key, parameter.value().toFloats());
            }
        });
        return statistics;
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
        // From 0, the pass has gone this part of the way to those of its batch.
        scaleStatistics(state, 1 / BatchNormalization.MOMENTUM);
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
