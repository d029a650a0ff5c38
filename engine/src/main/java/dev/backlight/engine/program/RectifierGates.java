package dev.backlight.engine.program;

import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.backend.UnaryFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Lets gates of a rectifier's backward pass look at its output instead of its input, since {@code x > 0} where
 * {@code max(x, 0) > 0}: the input then need not be kept, and the rectifier can be fused with what computes it. Done where it
 * leaves the rectifier as the input's only reader.
 */
final class RectifierGates {
    private RectifierGates() {}

    static List<Step> rewrite(List<Step> steps, Set<Storage> kept) {
        List<Step> rewritten = new ArrayList<>(steps);
        Uses uses = new Uses(steps);
        for (int i = 0; i < steps.size(); i++) {
            Step rectifier = steps.get(i);
            if (isRectifier(rectifier) && onlyGatesFollow(rectifier, i, steps, uses, kept)) {
                for (int reader : uses.readers(rectifier.inputs().getFirst().storage())) {
                    if (reader != i) {
                        rewritten.set(reader, gatedByOutput(rewritten.get(reader), rectifier));
                    }
                }
            }
        }
        return rewritten;
    }

    private static boolean isRectifier(Step step) {
        return step.primitive() instanceof Primitive.Unary unary && unary.function() == UnaryFunction.POSITIVE_PART;
    }

    private static boolean onlyGatesFollow(Step rectifier, int at, List<Step> steps, Uses uses, Set<Storage> kept) {
        DeviceArray x = rectifier.inputs().getFirst();
        if (uses.maker(x.storage()) < 0 || kept.contains(x.storage())) {
            return false;
        }
        for (int reader : uses.readers(x.storage())) {
            if (reader != at && (reader < at || !readsSignOnly(steps.get(reader), x))) {
                return false;
            }
        }
        return true;
    }

    /** Whether the step asks nothing of x but where it is positive. */
    private static boolean readsSignOnly(Step step, DeviceArray x) {
        int gate = gateOperand(step.primitive());
        for (int i = 0; i < step.inputs().size(); i++) {
            DeviceArray input = step.inputs().get(i);
            if (input.storage() == x.storage() && (i != gate || !input.buffer().equals(x.buffer()))) {
                return false;
            }
        }
        return gate >= 0;
    }

    private static int gateOperand(Primitive primitive) {
        if (primitive instanceof Primitive.LearnedRule) {
            return 0;
        }
        return primitive instanceof Primitive.Binary binary && binary.function() == BinaryFunction.GATE ? 1 : -1;
    }

    private static Step gatedByOutput(Step step, Step rectifier) {
        int gate = gateOperand(step.primitive());
        List<DeviceArray> inputs = new ArrayList<>(step.inputs());
        inputs.set(gate, rectifier.output().reshape(inputs.get(gate).shape()));
        return new Step(step.primitive(), inputs, step.output());
    }
}
