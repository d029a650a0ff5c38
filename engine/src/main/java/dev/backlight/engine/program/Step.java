package dev.backlight.engine.program;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import java.util.List;

/** One execution of a primitive. Each step of a program writes a storage of its own, whole. */
record Step(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
    Storage result() {
        return output.storage();
    }

    boolean reads(Storage storage) {
        return inputs.stream().anyMatch(input -> input.storage() == storage);
    }
}
