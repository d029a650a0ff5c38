package dev.backlight.benchmarks.contest;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.backend.WindowGeometry;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Another backend that, while it traces, computes nothing but remembers the windows of max-pools: their op is recorded with
 * the indices that were found and not with the window.
 */
final class TracingBackend implements Backend {
    private final Backend inner;
    private final IdentityHashMap<Storage, WindowGeometry> windows = new IdentityHashMap<>();
    private boolean isTracing;

    TracingBackend(Backend inner) {
        this.inner = inner;
    }

    /** From now on only shapes are right, not numbers. */
    void trace() {
        isTracing = true;
    }

    /** The window that the indices in this storage were found with. */
    WindowGeometry window(Storage indices) {
        WindowGeometry window = windows.get(indices);
        if (window == null) {
            throw new IllegalStateException("a max-pool's indices were not made by this backend");
        }
        return window;
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public BufferPool pool() {
        return inner.pool();
    }

    @Override
    public void execute(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        if (!isTracing) {
            inner.execute(primitive, inputs, output);
        } else if (primitive instanceof Primitive.MaxPoolIndices pool) {
            windows.put(output.storage(), pool.window());
        }
    }

    @Override
    public void upload(Object source, int sourceOffset, Buffer target) {
        inner.upload(source, sourceOffset, target);
    }

    @Override
    public void download(Buffer source, Object target, int targetOffset) {
        inner.download(source, target, targetOffset);
    }
}
