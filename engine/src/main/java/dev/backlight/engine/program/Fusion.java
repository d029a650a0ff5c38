package dev.backlight.engine.program;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * Joins steps that work element by element, and a convolution before them, where nobody else reads what lies between. The
 * joined step stands where the last of its parts stood.
 */
final class Fusion {
    /** Longest chain: its intermediate results should stay in the first-level cache. */
    private static final int LONGEST = 12;

    private final List<Step> steps;
    private final Set<Storage> kept;
    private final Uses uses;
    private final BitSet absorbed = new BitSet();

    private Fusion(List<Step> steps, Set<Storage> kept) {
        this.steps = steps;
        this.kept = kept;
        this.uses = new Uses(steps);
    }

    /** The joined steps; the storages {@code kept} are still made. */
    static List<Step> fuse(List<Step> steps, Set<Storage> kept) {
        return new Fusion(steps, kept).run();
    }

    private List<Step> run() {
        List<Step> joined = new ArrayList<>();
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (!absorbed.get(i)) {
                joined.add(isElementwise(steps.get(i)) ? joinedEndingAt(i) : steps.get(i));
            }
        }
        return joined.reversed();
    }

    private Step joinedEndingAt(int last) {
        int head = headOf(last);
        List<Integer> members = new ArrayList<>();
        collect(last, head, members);
        members.forEach(absorbed::set);
        if (head >= 0 && reads(members, head)) {
            absorbed.set(head);
            return new Chain(steps.get(head), select(members)).step();
        }
        return members.size() == 1 ? steps.get(last) : new Chain(null, select(members)).step();
    }

    /** The last convolution whose result reaches a step through internal results alone, −1 for none. */
    private int headOf(int reader) {
        int head = -1;
        for (int maker : internalMakers(reader)) {
            head = Math.max(head, takesEpilogue(steps.get(maker)) ? maker : headOf(maker));
        }
        return head;
    }

    /** The element-by-element steps to be joined with a step; those behind another convolution are left to that. */
    private void collect(int reader, int head, List<Integer> members) {
        members.add(reader);
        for (int maker : internalMakers(reader)) {
            if (members.size() < LONGEST && isElementwise(steps.get(maker)) && !members.contains(maker)) {
                int behind = headOf(maker);
                if (behind < 0 || behind == head) {
                    collect(maker, head, members);
                }
            }
        }
    }

    private boolean reads(List<Integer> members, int head) {
        Storage result = steps.get(head).result();
        return members.stream().anyMatch(member -> steps.get(member).reads(result));
    }

    /** Who makes the operands of a step that are nobody else's business. */
    private List<Integer> internalMakers(int reader) {
        List<Integer> makers = new ArrayList<>();
        for (DeviceArray input : steps.get(reader).inputs()) {
            int maker = uses.maker(input.storage());
            boolean isJoinable = maker >= 0 && (isElementwise(steps.get(maker)) || takesEpilogue(steps.get(maker)));
            if (isJoinable && isInternal(input, maker, reader)) {
                makers.add(maker);
            }
        }
        return makers;
    }

    private List<Step> select(List<Integer> members) {
        return members.stream().sorted().map(steps::get).toList();
    }

    /**
     * Whether an operand is another step's whole result, of the reader's shape, and nobody else's business; nor does the reader
     * see a part of it beside.
     */
    private boolean isInternal(DeviceArray operand, int maker, int reader) {
        Step made = steps.get(maker);
        boolean onlyWhole = steps.get(reader).inputs().stream()
                .allMatch(input -> input.storage() != made.result() || input.equals(made.output()));
        return onlyWhole
                && operand.equals(made.output())
                && operand.shape().equals(steps.get(reader).output().shape())
                && operand.dtype() == steps.get(reader).output().dtype()
                && uses.isReadOnlyBy(reader, operand.storage(), kept);
    }

    private static boolean isElementwise(Step step) {
        boolean oneType = step.inputs().stream()
                .allMatch(input -> input.dtype() == step.output().dtype());
        return oneType
                && switch (step.primitive()) {
                    case Primitive.Unary _ -> true;
                    case Primitive.Binary _ -> true;
                    case Primitive.Select _ -> true;
                    case Primitive.ChannelAffine _ -> true;
                    default -> false;
                };
    }

    private static boolean takesEpilogue(Step step) {
        return step.primitive() instanceof Primitive.Convolution
                || step.primitive() instanceof Primitive.ConvolutionInputGradient;
    }
}
