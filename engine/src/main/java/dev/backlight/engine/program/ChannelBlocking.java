package dev.backlight.engine.program;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Lets the images between convolutions keep blocks of channels side by side (NCHWc), as some backends read them fastest: a
 * convolution is moved to blocks where it pays for bringing its operand there, and what follows stays in blocks where that
 * moves fewer elements than leaving them. No bit changes.
 */
final class ChannelBlocking {
    /**
     * Multiply-adds of a convolution that, by running in blocks, save the time of moving one element there or back: about 0.4 ns
     * against 4 to 5 ps each, on two cores with AVX-512.
     */
    private static final int WORTH = 96;

    /** How many steps ahead are looked at for a convolution that wants blocks. */
    private static final int AHEAD = 4;

    /** Smallest plane worth a register tile of positions. */
    private static final int PLANE = 4;

    /** Most channels of a plain image whose gradient reads blocks. */
    private static final int FEW = 3;

    /** Fewest elements of a row of one phase of its stride. */
    private static final int ROW = 64;

    private final int block;
    private final BlockedImages images;
    private final BlockedElements elements;
    private final BlockedPlanes planes;
    private final List<Step> steps;
    private final Uses uses;
    private final List<Step> hoisted = new ArrayList<>();
    private final List<Step> perRun = new ArrayList<>();

    private ChannelBlocking(int block, List<Step> steps, Set<Storage> varying, Ports ports) {
        this.block = block;
        this.steps = steps;
        this.uses = new Uses(steps);
        this.images = new BlockedImages(block, varying, ports, hoisted, perRun);
        this.elements = new BlockedElements(images);
        this.planes = new BlockedPlanes(images);
    }

    /** Steps that run once, those of every run, and what runs are given and give. */
    record Arranged(List<Step> hoisted, List<Step> perRun, Ports ports) {}

    /**
     * The steps with some on blocks of {@code block} channels, and what moves their operands there and back.
     *
     * @param varying what depends on a run's inputs, these included
     * @param ports whose results are still made, in the plain layout unless they are gradients of inputs in blocks
     */
    static Arranged arrange(int block, List<Step> hoisted, List<Step> perRun, Set<Storage> varying, Ports ports) {
        if (block == 1) {
            return new Arranged(hoisted, perRun, ports);
        }
        List<Step> all = Stream.concat(hoisted.stream(), perRun.stream()).toList();
        ChannelBlocking blocking = new ChannelBlocking(block, all, varying, ports);
        hoisted.forEach(step -> blocking.add(step, blocking.hoisted));
        perRun.forEach(step -> blocking.add(step, blocking.perRun));
        Ports arranged = blocking.images.arranged();
        return new Arranged(blocking.hoisted, blocking.perRun, arranged);
    }

    private void add(Step step, List<Step> to) {
        Optional<Step> blocked = inBlocks(step);
        if (blocked.isPresent()) {
            to.add(blocked.get());
            images.made(step.output(), blocked.get().output());
        } else if (isLastGradient(step) && images.isOnlyInBlocks(step.inputs().getFirst())) {
            to.add(readingBlocks(step));
        } else if (!planes.add(step, to)) {
            step.inputs().forEach(images::needPlain);
            to.add(step);
        }
    }

    /** The step on blocks where that pays; what brings its operands there has been listed then. */
    private Optional<Step> inBlocks(Step step) {
        if (step.primitive() instanceof Primitive.LearnedRule) {
            return rule(step);
        }
        Optional<Step> moved = elements.inBlocks(step);
        if (moved.isPresent() || !images.isImage(step.output())) {
            return moved;
        }
        return switch (step.primitive()) {
            case Primitive.Convolution c
            when c.groups() == 1 -> convolution(step, step.inputs().size());
            case Primitive.ConvolutionInputGradient c
            when c.groups() == 1 -> convolution(step, step.inputs().size());
            case Primitive.WithEpilogue fused when isUngrouped(fused.head()) -> convolution(step, fused.operands());
            case Primitive.Unary _, Primitive.Binary _, Primitive.Select _ -> chain(step, List.of());
            case Primitive.ChannelAffine _ -> chain(step, List.of(1, 2));
            case Primitive.Fused fused -> chain(step, vectors(fused));
            default -> Optional.empty();
        };
    }

    private static boolean isUngrouped(Primitive head) {
        return switch (head) {
            case Primitive.Convolution c -> c.groups() == 1;
            case Primitive.ConvolutionInputGradient c -> c.groups() == 1;
            default -> false;
        };
    }

    private Optional<Step> convolution(Step step, int operands) {
        DeviceArray x = step.inputs().getFirst();
        Shape out = step.output().shape();
        boolean isLarge = out.size(2) * out.size(3) >= PLANE;
        boolean isFirst = x.shape().size(1) < block && isForward(step.primitive());
        if (!isLarge || !(images.isImage(x) || isFirst) || !isWorthMoving(step)) {
            return Optional.empty();
        }
        Set<Integer> plain = new HashSet<>();
        for (int i = isFirst ? 0 : 1; i < operands; i++) {
            plain.add(i);
        }
        if (step.primitive() instanceof Primitive.WithEpilogue fused) {
            vectors(fused.epilogue()).forEach(operand -> plain.add(operand + operands - 1));
        }
        return inputs(step, plain)
                .map(in -> new Step(new Primitive.Nchwc(step.primitive()), in, images.fresh(step.output())));
    }

    /**
     * Whether the step is the gradient of an image of few channels, such as a network's input, which backends with blocks read
     * them for: of up to three channels, in rows that fill tiles.
     */
    private boolean isLastGradient(Step step) {
        Primitive head = step.primitive() instanceof Primitive.WithEpilogue fused ? fused.head() : step.primitive();
        if (!(head instanceof Primitive.ConvolutionInputGradient gradient) || gradient.groups() != 1) {
            return false;
        }
        WindowGeometry window = gradient.window();
        Shape dx = step.output().shape();
        return window.height() * window.width() > 1
                && dx.size(1) <= Math.min(FEW, block - 1)
                && dx.size(3) / window.strideX() >= ROW
                && images.isImage(step.inputs().getFirst());
    }

    /** The step with its first operand in blocks, and a plain result. */
    private Step readingBlocks(Step step) {
        List<DeviceArray> in = new ArrayList<>();
        in.add(images.adapted(step.inputs().getFirst()));
        step.inputs().stream().skip(1).map(images::needPlain).forEach(in::add);
        return new Step(new Primitive.Nchwc(step.primitive()), in, step.output());
    }

    private static boolean isForward(Primitive primitive) {
        return switch (primitive) {
            case Primitive.Convolution _ -> true;
            case Primitive.WithEpilogue fused -> isForward(fused.head());
            default -> false;
        };
    }

    /** The operands in blocks, save some; empty where one cannot be. */
    private Optional<List<DeviceArray>> inputs(Step step, Set<Integer> plain) {
        List<DeviceArray> inputs = step.inputs();
        for (int i = 0; i < inputs.size(); i++) {
            if (!plain.contains(i) && !images.isAdaptable(inputs.get(i))) {
                return Optional.empty();
            }
        }
        List<DeviceArray> adapted = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            DeviceArray input = inputs.get(i);
            adapted.add(plain.contains(i) ? images.needPlain(input) : images.adapted(input));
        }
        return Optional.of(adapted);
    }

    /** Whether the convolution gains more than what is moved because of it costs, beside what is moved if it stays plain. */
    private boolean isWorthMoving(Step step) {
        DeviceArray x = step.inputs().getFirst();
        Shape in = x.shape(), out = step.output().shape();
        long positions =
                Math.min((long) in.size(0) * in.size(2) * in.size(3), (long) out.size(0) * out.size(2) * out.size(3));
        double work = (double) step.inputs().get(1).shape().elements() * positions;
        long before = in.size(1) < block ? 0 : images.elementsToMove(x) - images.elementsToLeave(x);
        long behind = isWantedInBlocks(step.output().storage(), AHEAD) ? -out.elements() : out.elements();
        return work > (double) WORTH * (before + behind);
    }

    /** Whether some convolution soon reads this, or what is made of it element by element, by pooling or in parts. */
    private boolean isWantedInBlocks(Storage storage, int ahead) {
        return ahead > 0
                && uses.readers(storage).stream().map(steps::get).anyMatch(reader -> switch (reader.primitive()) {
                    case Primitive.Convolution c -> isBlocksReader(reader, c.groups());
                    case Primitive.ConvolutionInputGradient c -> isBlocksReader(reader, c.groups());
                    case Primitive.WithEpilogue fused when isUngrouped(fused.head()) -> isBlocksReader(reader, 1);
                    case Primitive.Unary _,
                            Primitive.Binary _,
                            Primitive.Select _,
                            Primitive.ChannelAffine _,
                            Primitive.LearnedRule _,
                            Primitive.Fused _,
                            Primitive.Concat _,
                            Primitive.Slice _,
                            Primitive.Embed _,
                            Primitive.WindowSum _,
                            Primitive.WindowSumAdjoint _,
                            Primitive.MaxPoolIndices _,
                            Primitive.GatherElements _,
                            Primitive.ScatterAddElements _ -> isWantedInBlocks(reader.result(), ahead - 1);
                    default -> false;
                });
    }

    private boolean isBlocksReader(Step convolution, int groups) {
        return groups == 1
                && images.isImage(convolution.inputs().getFirst())
                && (images.isImage(convolution.output()) || isLastGradient(convolution));
    }

    /** Operands of a chain that are one number per channel: scales and shifts. */
    private static List<Integer> vectors(Primitive.Fused chain) {
        List<Integer> vectors = new ArrayList<>();
        for (Primitive.Instruction link : chain.instructions()) {
            if (link.function() instanceof Primitive.ChannelAffine) {
                vectors.add(link.operands().get(1));
                vectors.add(link.operands().get(2));
            }
        }
        return vectors;
    }

    /** Steps element by element follow the majority of what they read. */
    private Optional<Step> chain(Step step, List<Integer> vectors) {
        List<DeviceArray> whole = new ArrayList<>();
        for (int i = 0; i < step.inputs().size(); i++) {
            if (!vectors.contains(i)) {
                whole.add(step.inputs().get(i));
            }
        }
        if (!movesLess(step, whole)) {
            return Optional.empty();
        }
        return inputs(step, Set.copyOf(vectors)).map(in -> {
            boolean hasVectors = !vectors.isEmpty() || in.stream().anyMatch(images::isPerChannel);
            Primitive primitive = hasVectors ? new Primitive.Nchwc(asChain(step)) : step.primitive();
            return new Step(primitive, in, images.fresh(step.output()));
        });
    }

    /** A learned rule, whose parameters and derivatives are stacks of batches; they follow what they are applied to. */
    private Optional<Step> rule(Step step) {
        if (!step.inputs().stream().allMatch(images::areImages) || !movesLess(step, step.inputs())) {
            return Optional.empty();
        }
        List<DeviceArray> in = step.inputs().stream().map(images::adapted).toList();
        return Optional.of(new Step(step.primitive(), in, images.fresh(step.output())));
    }

    private static Primitive asChain(Step step) {
        return step.primitive() instanceof Primitive.Fused
                ? step.primitive()
                : Primitive.Fused.of(step.primitive(), step.inputs().size());
    }

    /**
     * Whether more elements would have to leave their blocks than would have to be brought there, or later of what is made of
     * them, which is more where operands are stretched over a batch.
     */
    private boolean movesLess(Step step, List<DeviceArray> operands) {
        long leaving = operands.stream().mapToLong(images::elementsToLeave).sum();
        long coming = operands.stream().mapToLong(images::elementsToMove).sum();
        boolean isTie = leaving == coming && operands.stream().anyMatch(images::isNotPlainYet);
        boolean isStretch = coming < step.output().shape().elements();
        return leaving > coming
                || ((isTie || isStretch) && isWantedInBlocks(step.output().storage(), AHEAD));
    }
}
