package dev.backlight.engine.program;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Groups neighbouring steps that work element by element and read the same results, such as what a rule sends on and the
 * gradient of its parameters: done piece by piece, all steps of a group to each piece, these results come from memory once.
 */
final class StepGroups {
    /** Where intermediate results lie: numbers of slots. */
    private final Map<Storage, Integer> places;

    /** @param places slots of intermediate results; all others lie in memory of their own */
    StepGroups(Map<Storage, Integer> places) {
        this.places = places;
    }

    /** The steps in their order, each in one group; most groups have one step. */
    List<List<Step>> of(List<Step> steps) {
        List<List<Step>> groups = new ArrayList<>();
        for (Step step : steps) {
            if (groups.isEmpty() || !mayJoin(step, groups.getLast())) {
                groups.add(new ArrayList<>());
            }
            groups.getLast().add(step);
        }
        return groups;
    }

    private boolean mayJoin(Step step, List<Step> group) {
        return isLike(step, group.getFirst())
                && group.stream().anyMatch(member -> readTheSame(step, member))
                && group.stream().allMatch(member -> mayFollow(step, member));
    }

    private static boolean isLike(Step step, Step first) {
        return isElementwise(step.primitive())
                && isElementwise(first.primitive())
                && step.output().dtype() == first.output().dtype()
                && step.output().shape().equals(first.output().shape());
    }

    private static boolean isElementwise(Primitive primitive) {
        return switch (primitive) {
            case Primitive.Unary _, Primitive.Binary _, Primitive.Select _ -> true;
            case Primitive.ChannelAffine _, Primitive.Fused _ -> true;
            case Primitive.Nchwc(Primitive.Fused _) -> true;
            default -> false;
        };
    }

    /** Whether the step reads something as large as its result that the member reads or makes. */
    private static boolean readTheSame(Step step, Step member) {
        return step.inputs().stream()
                .filter(input ->
                        input.shape().elements() == step.output().shape().elements())
                .anyMatch(input ->
                        input.equals(member.output()) || member.inputs().contains(input));
    }

    /** Whether the step may work on the first elements before the member has worked on the last. */
    private boolean mayFollow(Step step, Step member) {
        boolean readsWhole = step.inputs().stream()
                .allMatch(input -> input.storage() != member.result() || input.equals(member.output()));
        return readsWhole && member.inputs().stream().allMatch(input -> isOutOfTheWay(step.output(), input));
    }

    /** Whether writing elements of the output changes no others of the array. */
    private boolean isOutOfTheWay(DeviceArray output, DeviceArray array) {
        Integer place = places.get(output.storage());
        boolean isInOnePlace = place != null && Objects.equals(place, places.get(array.storage()));
        return !isInOnePlace
                || (array.shape().equals(output.shape()) && array.buffer().offset() == 0);
    }
}
