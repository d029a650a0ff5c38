package dev.backlight.engine.program;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes steps that are to be joined as one: numbers their operands and results. */
final class Chain {
    private final @Nullable Step head;
    private final List<Step> members;

    /** An operand and whether it is one number per channel, which broadcasts along another axis than others do. */
    private record Operand(DeviceArray array, boolean isPerChannel) {}

    private final List<Operand> operands = new ArrayList<>();
    private final Map<Storage, Integer> results = new HashMap<>();

    /** @param members element by element, in order; {@code head}'s result is read by them alone */
    Chain(@Nullable Step head, List<Step> members) {
        this.head = head;
        this.members = members;
    }

    Step step() {
        collectOperands();
        Primitive.Fused fused =
                new Primitive.Fused(members.stream().map(this::instruction).toList());
        DeviceArray output = members.getLast().output();
        if (head == null) {
            return new Step(fused, arrays(0), output);
        }
        List<DeviceArray> inputs = new ArrayList<>(head.inputs());
        inputs.addAll(arrays(1));
        return new Step(
                new Primitive.WithEpilogue(head.primitive(), head.inputs().size(), fused), inputs, output);
    }

    private List<DeviceArray> arrays(int from) {
        return operands.stream().skip(from).map(Operand::array).toList();
    }

    private void collectOperands() {
        for (int i = 0; i < members.size(); i++) {
            results.put(members.get(i).result(), i);
        }
        if (head != null) {
            operands.add(new Operand(head.output(), false));
        }
        for (Step member : members) {
            for (int i = 0; i < member.inputs().size(); i++) {
                Operand operand = operand(member, i);
                if (!results.containsKey(operand.array().storage()) && !operands.contains(operand)) {
                    operands.add(operand);
                }
            }
        }
    }

    private static Operand operand(Step member, int i) {
        return new Operand(member.inputs().get(i), i > 0 && member.primitive() instanceof Primitive.ChannelAffine);
    }

    private Primitive.Instruction instruction(Step member) {
        int[] numbers = new int[member.inputs().size()];
        for (int i = 0; i < numbers.length; i++) {
            Operand operand = operand(member, i);
            Integer made = results.get(operand.array().storage());
            numbers[i] = made == null ? operands.indexOf(operand) : operands.size() + made;
        }
        return new Primitive.Instruction(member.primitive(), AxisList.of(numbers));
    }
}
