package dev.backlight.engine.program;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.shape.ShapeException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a run is given and what it gives, as arrays without numbers.
 *
 * @param trained inputs that may be in blocks of channels, with their gradients
 * @param isDecided whether they are to be, rather than may
 */
record Ports(List<DeviceArray> inputs, List<DeviceArray> outputs, List<Trained> trained, boolean isDecided) {
    Ports {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        trained = List.copyOf(trained);
    }

    Set<Storage> results() {
        return LiveSteps.storages(outputs);
    }

    /** Where gradients of trained inputs are and no other result is. */
    Set<Storage> gradients() {
        Set<Integer> numbers = new HashSet<>();
        trained.forEach(one -> numbers.add(one.gradient()));
        Set<Storage> gradients = new HashSet<>();
        numbers.forEach(number -> gradients.add(outputs.get(number).storage()));
        IntStream.range(0, outputs.size())
                .filter(number -> !numbers.contains(number))
                .forEach(number -> gradients.remove(outputs.get(number).storage()));
        return gradients;
    }

    /** Whether the input is in another order of elements than in these ports. */
    boolean isMoved(int input, Ports to) {
        return inputs.get(input).storage() != to.inputs.get(input).storage();
    }

    /** These ports with the layouts of others that have been made of them. */
    Ports decidedAs(Ports arranged) {
        List<Trained> moved =
                trained.stream().filter(one -> isMoved(one.input(), arranged)).toList();
        return new Ports(inputs, outputs, moved, true);
    }

    /** @throws ShapeException when the arrays do not fit the inputs */
    void requireFit(List<DeviceArray> given) {
        if (given.size() != inputs.size()) {
            throw new ShapeException(
                    "a program with " + inputs.size() + " inputs was given " + given.size() + " arrays");
        }
        for (int i = 0; i < given.size(); i++) {
            requireFit(i, given.get(i));
        }
    }

    /** @throws ShapeException when the array does not fit the input */
    void requireFit(int number, DeviceArray array) {
        DeviceArray input = inputs.get(number);
        if (!array.shape().equals(input.shape()) || array.dtype() != input.dtype()) {
            throw new ShapeException("input " + number + " of a program is " + input.dtype() + " " + input.shape()
                    + ", but was given " + array.dtype() + " " + array.shape() + "; record anew for other shapes");
        }
    }
}
