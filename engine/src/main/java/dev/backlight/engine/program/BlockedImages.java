package dev.backlight.engine.program;

import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.ChannelBlocks;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Execution;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which images of a program are in blocks of channels, which in the plain layout; lists the steps that move them. */
final class BlockedImages {
    /** An image made in blocks: the plain array that it stands for, and the blocks. */
    private record Image(DeviceArray plain, DeviceArray blocks) {}

    private final int block;
    private final Set<Storage> varying;
    private final Ports ports;
    private final Set<Storage> results;
    private final Set<Storage> gradients;
    private final List<Step> hoisted;
    private final List<Step> perRun;

    /** Images made in blocks, by the storage of the plain array. */
    private final Map<Storage, Image> made = new HashMap<>();

    /** Which of them no step has written in the plain layout yet. */
    private final Map<Storage, Image> onlyInBlocks = new HashMap<>();

    /** Images that have been brought into blocks. */
    private final Map<DeviceArray, DeviceArray> moved = new HashMap<>();

    /** Trained inputs that no step has read yet: the first one decides in which layout they come. */
    private final Map<Storage, DeviceArray> undecided = new HashMap<>();

    /** @param hoisted where steps are listed that move what depends on constants alone; {@code perRun} takes the others */
    BlockedImages(int block, Set<Storage> varying, Ports ports, List<Step> hoisted, List<Step> perRun) {
        this.block = block;
        this.varying = varying;
        this.ports = ports;
        this.results = ports.results();
        this.gradients = ports.gradients();
        this.hoisted = hoisted;
        this.perRun = perRun;
        ports.trained().forEach(one -> leaveOpen(ports.inputs().get(one.input())));
    }

    private void leaveOpen(DeviceArray trained) {
        if (areImages(trained) && !isStretched(trained) && !results.contains(trained.storage())) {
            undecided.put(trained.storage(), trained);
            if (ports.isDecided()) {
                takeInBlocks(trained.storage());
            }
        }
    }

    private void takeInBlocks(Storage trained) {
        DeviceArray images = undecided.remove(trained);
        if (images != null) {
            made(images, fresh(images));
        }
    }

    /** The ports, with trained inputs and their gradients as the steps want them; moves the other gradients. */
    Ports arranged() {
        List<DeviceArray> inputs = new ArrayList<>(ports.inputs());
        List<DeviceArray> outputs = new ArrayList<>(ports.outputs());
        for (Trained one : ports.trained()) {
            DeviceArray gradient = outputs.get(one.gradient());
            Image input = made.get(inputs.get(one.input()).storage());
            if (input == null) {
                needPlain(gradient);
            } else {
                inputs.set(one.input(), input.blocks);
                outputs.set(one.gradient(), adapted(gradient));
            }
        }
        return new Ports(inputs, outputs, ports.trained(), true);
    }

    /** A place for an image in blocks. */
    DeviceArray fresh(DeviceArray plain) {
        return DeviceArray.placeholder(plain.dtype(), ChannelBlocks.blocked(plain.shape(), block));
    }

    /** Says that a step has made images in blocks; a result is brought back at once, unless it may stay. */
    void made(DeviceArray plain, DeviceArray inBlocks) {
        DeviceArray blocks = inBlocks.reshape(ChannelBlocks.blocked(plain.shape(), block));
        Image image = new Image(plain, blocks);
        made.put(plain.storage(), image);
        onlyInBlocks.put(plain.storage(), image);
        if (varying.contains(plain.storage())) {
            varying.add(blocks.storage());
        }
        if (results.contains(plain.storage()) && !gradients.contains(plain.storage())) {
            needPlain(plain);
        }
    }

    /** The array itself, which from here on is there in the plain layout. */
    DeviceArray needPlain(DeviceArray array) {
        undecided.remove(array.storage());
        Image image = onlyInBlocks.remove(array.storage());
        if (image != null) {
            list(ChannelBlocks.splitting(image.blocks, image.plain), image.plain.storage());
        }
        return array;
    }

    boolean isOnlyInBlocks(DeviceArray array) {
        return onlyInBlocks.containsKey(array.storage()) && part(array) != null;
    }

    /** Whether the array is not there in the plain layout, or is a trained input that may yet come in blocks. */
    boolean isNotPlainYet(DeviceArray array) {
        return isOnlyInBlocks(array) || undecided.containsKey(array.storage());
    }

    /** Elements that a run moves for the array to be read in blocks. */
    long elementsToMove(DeviceArray array) {
        boolean isThere = part(array) != null || moved.containsKey(ranked(array)) || !varying.contains(array.storage());
        return isThere || isStretched(array) || undecided.containsKey(array.storage())
                ? 0
                : array.shape().elements();
    }

    /** Elements that a run moves for the array to be read in the plain layout. */
    long elementsToLeave(DeviceArray array) {
        return isOnlyInBlocks(array) && varying.contains(array.storage())
                ? array.shape().elements()
                : 0;
    }

    int block() {
        return block;
    }

    /** Whether the array is a batch of images that blocks can hold. */
    boolean isImage(DeviceArray array) {
        return array.shape().rank() == 4 && areImages(array);
    }

    /** Whether the array is one, or a stack of such batches. */
    boolean areImages(DeviceArray array) {
        Shape shape = array.shape();
        boolean hasRank = shape.rank() == 4 || shape.rank() == 5;
        return array.dtype() == DType.F32 && hasRank && shape.size(-3) % block == 0 && shape.elements() > 0;
    }

    /** Whether an operand of a step on images can be read by it in blocks. */
    boolean isAdaptable(DeviceArray array) {
        Shape shape = ranked(array.shape());
        boolean isScalar = array.shape().elements() == 1;
        return array.dtype() == DType.F32
                && (isScalar || (shape.rank() == 4 && (shape.size(1) == 1 || shape.size(1) % block == 0)));
    }

    /** The operand in blocks: what is stretched along channels or planes is the same memory in another shape. */
    DeviceArray adapted(DeviceArray array) {
        if (array.shape().elements() == 1) {
            return needPlain(array).reshape(Shape.of());
        }
        takeInBlocks(array.storage());
        DeviceArray part = part(array);
        if (part != null) {
            return part;
        }
        DeviceArray plain = ranked(needPlain(array));
        Shape s = plain.shape();
        if (s.size(-3) == 1) {
            return plain.reshape(ChannelBlocks.blocked(s, 1));
        }
        if (isStretched(plain)) {
            return plain.reshape(ChannelBlocks.blocked(s, block));
        }
        DeviceArray known = moved.get(plain);
        if (known == null) {
            known = fresh(plain);
            list(ChannelBlocks.joining(plain, known), known.storage());
            moved.put(plain, known);
        }
        return known;
    }

    /** The shape of the images made in blocks whose planes, {@code (N·C)×(H·W)}, the array is. */
    Optional<Shape> imageOf(DeviceArray planes) {
        Image image = made.get(planes.storage());
        if (image == null) {
            return Optional.empty();
        }
        Shape s = image.plain.shape();
        boolean fits = planes.shape().equals(Shape.of(s.size(0) * s.size(1), s.size(2) * s.size(3)));
        return fits ? Optional.of(s) : Optional.empty();
    }

    /** Planes of images made in blocks, {@code (C/b·N)×(H·W)×b}. */
    DeviceArray planes(DeviceArray planes) {
        Image image = Objects.requireNonNull(made.get(planes.storage()));
        return image.blocks.reshape(planes(image.plain.shape()));
    }

    /**
     * The same of any images of the given shape; they are brought into blocks where they are not. As many planes may have been
     * made of fewer images with more channels: these lie in another order.
     */
    DeviceArray planes(DeviceArray planes, Shape image) {
        return adapted(planes.reshape(image)).reshape(planes(image));
    }

    Shape planes(Shape image) {
        return Shape.of(image.size(0) * image.size(1) / block, image.size(2) * image.size(3), block);
    }

    /** Whether blocks hold one number per channel for whole planes. */
    boolean isPerChannel(DeviceArray blocks) {
        Shape s = blocks.shape();
        return s.rank() == 5 && s.size(2) * s.size(3) == 1 && s.size(4) == block;
    }

    /** Whether the operand is one number per channel, or the same for all channels: its memory is in order as it is. */
    private boolean isStretched(DeviceArray array) {
        Shape s = ranked(array.shape());
        return s.size(-3) == 1 || s.size(-4) * s.size(-2) * s.size(-1) == 1;
    }

    /** Some whole batches of those made in blocks under one storage, or null. */
    private @Nullable DeviceArray part(DeviceArray array) {
        Image image = made.get(array.storage());
        if (image == null || array.shape().rank() < 4) {
            return null;
        }
        Shape whole = image.plain.shape(), s = array.shape();
        boolean isAlike = s.size(-4) == whole.size(-4)
                && s.size(-3) == whole.size(-3)
                && s.size(-2) * s.size(-1) == whole.size(-2) * whole.size(-1);
        long one = (long) whole.size(-4) * whole.size(-3) * whole.size(-2) * whole.size(-1);
        if (!isAlike || array.buffer().offset() % one != 0) {
            return null;
        }
        Buffer buffer = new Buffer(
                image.blocks.storage(), array.buffer().offset(), array.buffer().length());
        return new DeviceArray(ChannelBlocks.blocked(s, block), buffer);
    }

    /** Lists a step that moves an image, among those of its operand. */
    private void list(Execution move, Storage made) {
        Storage from = move.inputs().getFirst().storage();
        boolean isVarying = varying.contains(from);
        if (isVarying) {
            varying.add(made);
        }
        (isVarying ? perRun : hoisted).add(new Step(move.primitive(), move.inputs(), move.output()));
    }

    private static DeviceArray ranked(DeviceArray array) {
        return array.shape().rank() < 4 ? array.reshape(ranked(array.shape())) : array;
    }

    /** The shape with leading ones up to rank 4. */
    private static Shape ranked(Shape shape) {
        if (shape.rank() >= 4) {
            return shape;
        }
        int[] sizes = new int[4];
        Arrays.fill(sizes, 1);
        for (int axis = 0; axis < shape.rank(); axis++) {
            sizes[4 - shape.rank() + axis] = shape.size(axis);
        }
        return Shape.of(sizes);
    }
}
