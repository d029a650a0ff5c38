package dev.backlight.engine.backend;

import java.util.List;

/** One primitive with the arrays that it is to work on. */
public record Execution(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
    public Execution {
        inputs = List.copyOf(inputs);
    }

    public void on(Backend backend) {
        backend.execute(primitive, inputs, output);
    }
}
