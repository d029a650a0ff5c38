package dev.backlight.engine.backend;

import dev.backlight.engine.shape.Shape;
import java.util.List;

/** The two layouts of images: plain {@code N×C×H×W}, and {@code N×C/b×H×W×b} with blocks of channels side by side. */
public final class ChannelBlocks {
    /** What brings {@code N×C/b×b×H×W} into blocks. */
    private static final AxisList JOINED = AxisList.of(0, 1, 3, 4, 2);

    /** What brings blocks into {@code N×C/b×b×H×W}. */
    private static final AxisList SPLIT = AxisList.of(0, 1, 4, 2, 3);

    private ChannelBlocks() {}

    /** The shape in blocks of images {@code …×C×H×W} whose channels they divide: {@code …×C/b×H×W×b}. */
    public static Shape blocked(Shape plain, int block) {
        int channels = plain.rank() - 3;
        return plain.with(channels, plain.size(channels) / block).insert(plain.rank(), block);
    }

    /** The shape of the image that blocks stand for. */
    public static Shape plain(Shape blocked) {
        return Shape.of(blocked.size(0), blocked.size(1) * blocked.size(4), blocked.size(2), blocked.size(3));
    }

    /** Whether this order brings {@code N×C/b×b×H×W} into blocks. */
    public static boolean isJoining(AxisList order) {
        return order.equals(JOINED);
    }

    /** Whether this order brings blocks into {@code N×C/b×b×H×W}. */
    public static boolean isSplitting(AxisList order) {
        return order.equals(SPLIT);
    }

    /** The step that brings a plain image into blocks: the operand's view, and what permutes it. */
    public static Execution joining(DeviceArray plain, DeviceArray blocked) {
        Shape s = blocked.shape();
        DeviceArray view = plain.reshape(Shape.of(s.size(0), s.size(1), s.size(4), s.size(2), s.size(3)));
        return new Execution(new Primitive.Permute(JOINED), List.of(view), blocked);
    }

    /** The step back. */
    public static Execution splitting(DeviceArray blocked, DeviceArray plain) {
        Shape s = blocked.shape();
        DeviceArray view = plain.reshape(Shape.of(s.size(0), s.size(1), s.size(4), s.size(2), s.size(3)));
        return new Execution(new Primitive.Permute(SPLIT), List.of(blocked), view);
    }
}
