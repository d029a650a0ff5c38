package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import java.util.List;

/** The optimiser steps, in place and in one pass over memory. */
final class Optimisers {
    private static final String MODULE = "optimisers";

    private final Launcher launcher;

    Optimisers(Launcher launcher) {
        this.launcher = launcher;
    }

    /** Kingma and Ba 2015, with the decoupled weight decay of Loshchilov and Hutter 2019. */
    void adam(Primitive.AdamStep step, List<DeviceArray> in, DeviceArray parameter) {
        double count = (double) step.step();
        Struct adam = new Struct(8 * Double.BYTES)
                .f64(step.beta1())
                .f64(1 - step.beta1())
                .f64(step.beta2())
                .f64(1 - step.beta2())
                .f64(step.learningRate() / (1 - Math.pow(step.beta1(), count)))
                .f64(1 / (1 - Math.pow(step.beta2(), count)))
                .f64(1 - step.learningRate() * step.weightDecay())
                .f64(step.epsilon());
        launch("adam", adam, in, parameter);
    }

    void sgd(Primitive.SgdStep step, List<DeviceArray> in, DeviceArray parameter) {
        Struct sgd = new Struct(4 * Double.BYTES)
                .f64(step.learningRate())
                .f64(step.momentum())
                .f64(step.weightDecay())
                .f64(step.nesterov() ? 1 : 0);
        launch("sgd", sgd, in, parameter);
    }

    private void launch(String function, Struct step, List<DeviceArray> in, DeviceArray parameter) {
        Arguments arguments = new Arguments().bytes(step.finished());
        in.forEach(arguments::array);
        arguments.array(parameter).i64(parameter.shape().elements());
        Kernel kernel = Types.floatingKernel(MODULE, function, parameter.dtype());
        launcher.launch(new Launch(kernel, Types.packs(parameter), 0, arguments));
    }
}
