package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Another backend, with a count of what it does on images in blocks of channels, by kind of primitive. */
final class BlockCounts implements Backend {
    /** What reads a part of images in blocks where it is. */
    static final String PARTS = "on a part";

    private final Backend backend;
    private final Map<String, Integer> counts = new TreeMap<>();

    BlockCounts(Backend backend) {
        this.backend = backend;
    }

    int count(String kind) {
        return counts.getOrDefault(kind, 0);
    }

    @Override
    public void execute(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        if (output.shape().rank() == 5) {
            counts.merge(kind(primitive), 1, Integer::sum);
            boolean readsPart = inputs.stream()
                    .anyMatch(
                            input -> input.shape().rank() == 5 && input.buffer().offset() > 0);
            counts.merge(PARTS, readsPart ? 1 : 0, Integer::sum);
        }
        backend.execute(primitive, inputs, output);
    }

    private static String kind(Primitive primitive) {
        return switch (primitive) {
            case Primitive.Nchwc blocked -> "Nchwc " + kind(blocked.primitive());
            case Primitive.WithEpilogue fused -> kind(fused.head()) + " with epilogue";
            default -> primitive.getClass().getSimpleName();
        };
    }

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public BufferPool pool() {
        return backend.pool();
    }

    @Override
    public int channelBlock() {
        return backend.channelBlock();
    }

    @Override
    public void upload(Object source, int sourceOffset, Buffer target) {
        backend.upload(source, sourceOffset, target);
    }

    @Override
    public void download(Buffer source, Object target, int targetOffset) {
        backend.download(source, target, targetOffset);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
