package dev.backlight.engine.program;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import java.util.List;
import java.util.Optional;

/** Steps that pool, join, cut or sum images in blocks of channels, where their operands are there already. */
final class BlockedElements {
    private static final int CHANNELS = 1;

    /** The axis of blocks of channels, in blocks. */
    private static final int BLOCKS = 0;

    /** Most images that are summed in blocks: of more, a backend may add pieces first, and cut them by what lies together. */
    private static final int SUMMED = 64;

    private final BlockedImages images;

    BlockedElements(BlockedImages images) {
        this.images = images;
    }

    Optional<Step> inBlocks(Step step) {
        return switch (step.primitive()) {
            case Primitive.MaxPoolIndices _, Primitive.WindowSum _, Primitive.WindowSumAdjoint _ -> pool(step);
            case Primitive.Concat concat when concat.axis() == CHANNELS -> concat(step);
            case Primitive.Slice slice ->
                part(step, slice.start(), slice.step())
                        .map(by -> moved(step, new Primitive.Slice(by.getFirst(), by.getLast())));
            case Primitive.Embed embed ->
                part(step, embed.start(), embed.step())
                        .map(by -> moved(step, new Primitive.Embed(by.getFirst(), by.getLast())));
            case Primitive.Reduce _ when isOverTheBatch(step) -> Optional.of(moved(step, step.primitive()));
            default -> Optional.empty();
        };
    }

    private Step moved(Step step, Primitive primitive) {
        List<DeviceArray> in = step.inputs().stream().map(images::adapted).toList();
        return new Step(primitive, in, images.fresh(step.output()));
    }

    /** Gradients of what all images of a batch share. */
    private boolean isOverTheBatch(Step step) {
        DeviceArray x = step.inputs().getFirst();
        return images.isImage(x)
                && images.isOnlyInBlocks(x)
                && x.shape().size(0) <= SUMMED
                && step.output().shape().equals(x.shape().with(0, 1));
    }

    private Optional<Step> pool(Step step) {
        DeviceArray x = step.inputs().getFirst();
        boolean isThere = images.isImage(x) && images.isOnlyInBlocks(x);
        return isThere ? Optional.of(moved(step, new Primitive.Nchwc(step.primitive()))) : Optional.empty();
    }

    /** One part in blocks brings the others there: in a dense block all of them are parts of the next concatenation, too. */
    private Optional<Step> concat(Step step) {
        boolean isAnyThere = step.inputs().stream().anyMatch(images::isOnlyInBlocks);
        boolean areAllImages = step.inputs().stream().allMatch(images::isImage);
        return isAnyThere && areAllImages ? Optional.of(moved(step, new Primitive.Concat(BLOCKS))) : Optional.empty();
    }

    /** Where a part begins and its steps, in blocks: of whole blocks of neighbouring channels only. */
    private Optional<List<AxisList>> part(Step step, AxisList start, AxisList steps) {
        DeviceArray x = step.inputs().getFirst();
        boolean areImages = images.isImage(x) && images.isImage(step.output()) && images.isOnlyInBlocks(x);
        if (!areImages || steps.get(CHANNELS) != 1 || start.get(CHANNELS) % images.block() != 0) {
            return Optional.empty();
        }
        int first = start.get(CHANNELS) / images.block();
        return Optional.of(List.of(
                AxisList.of(first, start.get(0), start.get(2), start.get(3), 0),
                AxisList.of(1, steps.get(0), steps.get(2), steps.get(3), 1)));
    }
}
