package dev.backlight.engine.program;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.Shape;
import java.util.List;
import java.util.Optional;

/**
 * Steps that take or add elements of planes, {@code (N·C)×P}, whose indices a max-pool has found in blocks of channels: in blocks
 * they are {@code (C/b·N)×P×b}, with the same indices.
 */
final class BlockedPlanes {
    private final BlockedImages images;

    BlockedPlanes(BlockedImages images) {
        this.images = images;
    }

    /** Lists the step in blocks; false where it, or its operands, are something else. */
    boolean add(Step step, List<Step> to) {
        if (!isIndexing(step.primitive())) {
            return false;
        }
        DeviceArray values = step.inputs().get(0), indices = step.inputs().get(1);
        Optional<Shape> windows = images.imageOf(indices);
        if (windows.isEmpty()) {
            return false;
        }
        Shape found = windows.get();
        boolean isGather = step.primitive() instanceof Primitive.GatherElements;
        Shape result = isGather ? found : image(found, step.output());
        DeviceArray source = images.planes(values, isGather ? image(found, values) : found);
        DeviceArray plain = step.output().reshape(result);
        DeviceArray blocks = images.fresh(plain);
        DeviceArray planes = blocks.reshape(images.planes(result));
        to.add(new Step(step.primitive(), List.of(source, images.planes(indices)), planes));
        images.made(plain, blocks);
        return true;
    }

    private static boolean isIndexing(Primitive primitive) {
        return switch (primitive) {
            case Primitive.GatherElements gather -> gather.axis() == 1;
            case Primitive.ScatterAddElements scatter -> scatter.axis() == 1;
            default -> false;
        };
    }

    /** Planes as an image of as many channels; what is high and what wide does not matter to them. */
    private static Shape image(Shape alike, DeviceArray planes) {
        return Shape.of(alike.size(0), alike.size(1), planes.shape().size(1), 1);
    }
}
