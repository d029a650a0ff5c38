package dev.backlight.engine.backend.reference;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import java.util.List;

/** The two primitives that write in place. */
final class Optimisers {
    private Optimisers() {}

    /** Executes an optimiser step, or says that the primitive is none. */
    static boolean handle(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        return switch (primitive) {
            case Primitive.AdamStep step -> {
                adam(step, inputs, output);
                yield true;
            }
            case Primitive.SgdStep step -> {
                sgd(step, inputs, output);
                yield true;
            }
            default -> false;
        };
    }

    /** Kingma and Ba 2015, with the decoupled weight decay of Loshchilov and Hutter 2019. */
    private static void adam(Primitive.AdamStep step, List<DeviceArray> inputs, DeviceArray output) {
        Values parameter = Values.read(output);
        Values gradient = Values.read(inputs.get(0));
        Values first = Values.read(inputs.get(1));
        Values second = Values.read(inputs.get(2));
        double correction1 = 1 - Math.pow(step.beta1(), (double) step.step());
        double correction2 = 1 - Math.pow(step.beta2(), (double) step.step());
        for (int i = 0; i < parameter.data().length; i++) {
            double g = gradient.data()[i];
            double m = step.beta1() * first.data()[i] + (1 - step.beta1()) * g;
            double v = step.beta2() * second.data()[i] + (1 - step.beta2()) * g * g;
            first.data()[i] = m;
            second.data()[i] = v;
            double decayed = parameter.data()[i] * (1 - step.learningRate() * step.weightDecay());
            parameter.data()[i] =
                    decayed - step.learningRate() * (m / correction1) / (Math.sqrt(v / correction2) + step.epsilon());
        }
        parameter.write(output);
        first.write(inputs.get(1));
        second.write(inputs.get(2));
    }

    private static void sgd(Primitive.SgdStep step, List<DeviceArray> inputs, DeviceArray output) {
        Values parameter = Values.read(output);
        Values gradient = Values.read(inputs.get(0));
        Values velocity = Values.read(inputs.get(1));
        for (int i = 0; i < parameter.data().length; i++) {
            double g = gradient.data()[i] + step.weightDecay() * parameter.data()[i];
            double v = step.momentum() * velocity.data()[i] + g;
            velocity.data()[i] = v;
            double direction = step.nesterov() ? g + step.momentum() * v : v;
            parameter.data()[i] -= step.learningRate() * direction;
        }
        parameter.write(output);
        velocity.write(inputs.get(1));
    }
}
