package dev.backlight.engine.program;

import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes concatenations of sums in which two arrays, each embedded in zeros, fill one axis between them: the adjoint of cutting
 * something in two, as differentiating the gradient of a concatenation does. Zeros are still added to the parts, since
 * −0 + 0 is 0; only a part that such a concatenation has made is free of −0.
 */
final class DisjointSums {
    private static final Primitive PLUS_ZERO = new Primitive.Unary(UnaryFunction.AFFINE, 1, 0);

    private final List<Step> steps;
    private final Set<Storage> kept;
    private final Uses uses;
    private final List<Step> rewritten = new ArrayList<>();

    /** What the concatenations made so far have given. */
    private final Set<Storage> joined = new HashSet<>();

    private DisjointSums(List<Step> steps, Set<Storage> kept) {
        this.steps = steps;
        this.kept = kept;
        this.uses = new Uses(steps);
    }

    /** The steps with such sums joined; embeddings that nobody reads any more are still among them. */
    static List<Step> rewrite(List<Step> steps, Set<Storage> kept) {
        DisjointSums sums = new DisjointSums(steps, kept);
        steps.forEach(sums::add);
        return sums.rewritten;
    }

    /** An array that is embedded from {@code start} on along the only axis on which it does not fill the result. */
    private record Part(DeviceArray array, int axis, int start) {
        int end() {
            return start + array.shape().size(axis);
        }

        /** Whether the other begins on the same axis where this one ends, and they fill it. */
        boolean isFilledBy(Part other, Shape whole) {
            return axis == other.axis && start == 0 && end() == other.start && other.end() == whole.size(axis);
        }
    }

    private void add(Step step) {
        List<Part> parts = parts(step);
        if (parts.isEmpty()) {
            rewritten.add(step);
            return;
        }
        List<DeviceArray> clean =
                parts.stream().map(part -> withoutNegativeZeros(part.array)).toList();
        rewritten.add(new Step(new Primitive.Concat(parts.getFirst().axis), clean, step.output()));
        joined.add(step.result());
    }

    /** The two parts that a step joins, in their order along the axis; empty for any other step. */
    private List<Part> parts(Step step) {
        boolean isSum = step.primitive() instanceof Primitive.Binary sum && sum.function() == BinaryFunction.ADD;
        if (!isSum || step.output().dtype() == DType.I64) {
            return List.of();
        }
        Part a = part(step.inputs().getFirst(), step), b = part(step.inputs().getLast(), step);
        if (a == null || b == null) {
            return List.of();
        }
        Shape whole = step.output().shape();
        if (a.isFilledBy(b, whole)) {
            return List.of(a, b);
        }
        return b.isFilledBy(a, whole) ? List.of(b, a) : List.of();
    }

    /** What is embedded in the operand of a sum, where nobody else reads that and one axis alone is cut. */
    private @Nullable Part part(DeviceArray operand, Step sum) {
        int maker = uses.maker(operand.storage());
        if (maker < 0 || !(steps.get(maker).primitive() instanceof Primitive.Embed embed)) {
            return null;
        }
        boolean isItsOwn = uses.readers(operand.storage()).size() == 1 && !kept.contains(operand.storage());
        DeviceArray array = steps.get(maker).inputs().getFirst();
        Shape part = array.shape(), whole = sum.output().shape();
        boolean isWhole =
                operand.equals(steps.get(maker).output()) && operand.shape().equals(whole);
        if (!isItsOwn || !isWhole || part.elements() == 0) {
            return null;
        }
        int cut = -1;
        for (int axis = 0; axis < whole.rank(); axis++) {
            boolean isCut = part.size(axis) != whole.size(axis);
            if ((isCut && cut >= 0) || (embed.step().get(axis) != 1 && part.size(axis) != 1)) {
                return null;
            }
            cut = isCut ? axis : cut;
        }
        return cut < 0 ? null : new Part(array, cut, embed.start().get(cut));
    }

    private DeviceArray withoutNegativeZeros(DeviceArray part) {
        if (joined.contains(part.storage())) {
            return part;
        }
        DeviceArray clean = DeviceArray.placeholder(part.dtype(), part.shape());
        rewritten.add(new Step(PLUS_ZERO, List.of(part), clean));
        return clean;
    }
}
