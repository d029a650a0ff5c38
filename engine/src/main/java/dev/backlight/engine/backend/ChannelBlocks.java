package dev.backlight.engine.backend;

import dev.backlight.engine.shape.Shape;
import java.util.List;

/**
 * The two layouts of images: plain {@code N×C×H×W}, and {@code C/b×N×H×W×b} with blocks of channels side by side. In stacks of
 * batches, {@code K×N×C×H×W}, each batch is in blocks by itself: {@code K×C/b×N×H×W×b}.
 *
 * <p>A block of all images comes before the next block, so that channels are joined and cut at the outermost axis, however
 * many images there are, and windows of one element see all images as a single one.
 */
public final class ChannelBlocks {
    /** The axes of images. */
    private static final int AXES = 4;

    private ChannelBlocks() {}

    /** The shape in blocks of images {@code …×N×C×H×W} whose channels they divide: {@code …×C/b×N×H×W×b}. */
    public static Shape blocked(Shape plain, int block) {
        int images = plain.rank() - AXES;
        return plain.with(images, plain.size(images + 1) / block)
                .with(images + 1, plain.size(images))
                .insert(plain.rank(), block);
    }

    /** The shape of the images that blocks stand for. */
    public static Shape plain(Shape blocked) {
        int blocks = blocked.rank() - AXES - 1;
        return blocked.without(-1)
                .with(blocks, blocked.size(blocks + 1))
                .with(blocks + 1, blocked.size(blocks) * blocked.size(-1));
    }

    /** Whether this order brings {@code …×N×C/b×b×H×W} into blocks. */
    public static boolean isJoining(AxisList order) {
        return order.size() > AXES && order.equals(joining(order.size()));
    }

    /** Whether this order brings blocks into {@code …×N×C/b×b×H×W}. */
    public static boolean isSplitting(AxisList order) {
        return order.size() > AXES && order.equals(splitting(order.size()));
    }

    /** The step that brings plain images into blocks: the operand's view, and what permutes it. */
    public static Execution joining(DeviceArray plain, DeviceArray blocked) {
        DeviceArray view = plain.reshape(parted(blocked.shape()));
        return new Execution(new Primitive.Permute(joining(view.shape().rank())), List.of(view), blocked);
    }

    /** The step back. */
    public static Execution splitting(DeviceArray blocked, DeviceArray plain) {
        DeviceArray view = plain.reshape(parted(blocked.shape()));
        return new Execution(new Primitive.Permute(splitting(view.shape().rank())), List.of(blocked), view);
    }

    /** {@code …×N×C/b×b×H×W}. */
    private static Shape parted(Shape blocked) {
        return blocked.permute(splitting(blocked.rank()).toArray());
    }

    private static AxisList joining(int rank) {
        return order(rank, 1, 0, 3, 4, 2);
    }

    private static AxisList splitting(int rank) {
        return order(rank, 1, 0, 4, 2, 3);
    }

    /** Leading axes as they are, and the last five in the given order. */
    private static AxisList order(int rank, int... last) {
        int[] order = new int[rank];
        int leading = rank - last.length;
        for (int i = 0; i < rank; i++) {
            order[i] = i < leading ? i : leading + last[i - leading];
        }
        return AxisList.of(order);
    }
}
