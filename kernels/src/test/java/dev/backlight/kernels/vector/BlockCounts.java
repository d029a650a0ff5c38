package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Execution;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Another backend, with a count of what it does on images in blocks of channels, by kind of primitive, and of groups. */
final class BlockCounts implements Backend {
    /** What reads a part of images in blocks where it is. */
    static final String PARTS = "on a part";

    /** What reads one number for each plane of several images. */
    static final String PER_PLANE = "by plane";

    /** Several primitives that are executed together; each is counted by its kind as well. */
    static final String TOGETHER = "together";

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
        count(primitive, inputs, output);
        backend.execute(primitive, inputs, output);
    }

    @Override
    public void executeTogether(List<Execution> executions) {
        count(TOGETHER, true);
        executions.forEach(one -> count(one.primitive(), one.inputs(), one.output()));
        backend.executeTogether(executions);
    }

    private void count(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        if (isInBlocks(primitive, inputs, output)) {
            count(kind(primitive), true);
            count(PARTS, inputs.stream().anyMatch(BlockCounts::isPart));
            boolean hasPlanes = output.shape().size(-3) * output.shape().size(-2) > 1;
            count(PER_PLANE, hasPlanes && inputs.stream().anyMatch(this::isPerPlane));
        }
    }

    private void count(String kind, boolean is) {
        counts.merge(kind, is ? 1 : 0, Integer::sum);
    }

    /** Rules' derivatives are stacks of batches, which have five axes in the plain layout too. */
    private static boolean isInBlocks(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        DeviceArray images = primitive instanceof Primitive.LearnedRule ? inputs.getFirst() : output;
        return images.shape().rank() == 5;
    }

    private static boolean isPart(DeviceArray input) {
        return input.shape().rank() >= 5 && input.buffer().offset() > 0;
    }

    private boolean isPerPlane(DeviceArray input) {
        Shape s = input.shape();
        return s.rank() == 5 && s.size(1) > 1 && s.size(2) * s.size(3) == 1 && s.size(4) == channelBlock();
    }

    /** The kind of a learned rule's derivative. */
    static String rule(int order) {
        return "LearnedRule " + order;
    }

    private static String kind(Primitive primitive) {
        return switch (primitive) {
            case Primitive.Nchwc blocked -> "Nchwc " + kind(blocked.primitive());
            case Primitive.WithEpilogue fused -> kind(fused.head()) + " with epilogue";
            case Primitive.LearnedRule rule -> rule(rule.order());
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
