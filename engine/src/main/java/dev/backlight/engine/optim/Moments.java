package dev.backlight.engine.optim;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.nn.Initializer;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Parameters and, for each, the running averages an optimiser keeps beside it; these begin at zero. */
final class Moments {
    private final SequencedMap<String, Parameter> parameters;
    private final SequencedMap<String, Parameter> state = new LinkedHashMap<>();
    private final List<Target> targets = new ArrayList<>();

    /** One parameter with its averages. */
    record Target(Parameter parameter, List<Parameter> averages) {}

    Moments(Map<String, Parameter> named, List<String> kinds) {
        parameters = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(named));
        parameters.forEach((name, parameter) -> {
            List<Parameter> averages =
                    kinds.stream().map(kind -> zeros(parameter)).toList();
            for (int i = 0; i < kinds.size(); i++) {
                state.put(kinds.get(i) + "." + name, averages.get(i));
            }
            targets.add(new Target(parameter, averages));
        });
    }

    private static Parameter zeros(Parameter like) {
        Tensor value = like.value();
        Parameter average = new Parameter(like.shape(), Initializer.zeros(), false);
        average.set(Tensor.full(value.backend(), value.dtype(), value.shape(), 0));
        return average;
    }

    SequencedMap<String, Parameter> parameters() {
        return parameters;
    }

    SequencedMap<String, Parameter> state() {
        return Collections.unmodifiableSequencedMap(state);
    }

    /** The targets, once there is a gradient of the right shape for each. */
    List<Target> matching(List<Tensor> gradients) {
        if (gradients.size() != targets.size()) {
            throw new ShapeException(
                    "a step over " + targets.size() + " parameters was given " + gradients.size() + " gradients");
        }
        int at = 0;
        for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
            Tensor gradient = gradients.get(at++);
            if (!gradient.shape().equals(entry.getValue().shape())) {
                throw new ShapeException("parameter " + entry.getKey() + " of shape "
                        + entry.getValue().shape() + " was given a gradient of shape " + gradient.shape());
            }
        }
        return targets;
    }
}
