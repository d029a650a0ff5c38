package dev.backlight.models.onnx.pass;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.DeviceException;
import java.util.List;

/**
 * A backend that computes nothing and whose tensors have shapes but no memory: running a graph on it finds the shape of
 * every value, by the very ops that will compute them, at no cost.
 */
final class ShapesOnlyBackend implements Backend {
    private static final Object NOTHING = new Object();

    private final BufferPool pool = new BufferPool((dtype, capacity) -> NOTHING);

    @Override
    public String name() {
        return "shapes-only";
    }

    @Override
    public BufferPool pool() {
        return pool;
    }

    @Override
    public void execute(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {}

    @Override
    public void upload(Object source, int sourceOffset, Buffer target) {}

    @Override
    public void download(Buffer source, Object target, int targetOffset) {
        throw new DeviceException("a value was asked for while only shapes are known");
    }
}
