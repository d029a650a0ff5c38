package dev.backlight.attribution.rule;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The gradient of a fused op, taken through the same function written out in elementary ops. */
final class Formula {
    private Formula() {}

    static Gradients gradient(Application at, Tensor upstream, Function<List<Tensor>, Tensor> formula) {
        List<Supplier<Tensor>> perInput = new ArrayList<>();
        for (int i = 0; i < at.inputs().size(); i++) {
            int wanted = i;
            perInput.add(() -> one(at.inputs(), upstream, formula, wanted));
        }
        return Gradients.of(perInput);
    }

    /** On the operands' own tape when the walk is recorded, otherwise on a tape of its own. */
    private static Tensor one(
            List<Tensor> operands, Tensor upstream, Function<List<Tensor>, Tensor> formula, int wanted) {
        List<Tensor> watched = new ArrayList<>(operands);
        Tape known = operands.get(wanted).tape();
        Tape tape = known == null ? new Tape() : known;
        if (known == null) {
            watched.set(wanted, tape.watch(operands.get(wanted)));
        }
        Walk walk = known == null ? Walk.PLAIN : Walk.PLAIN.recorded();
        return tape.gradient(formula.apply(watched), upstream, List.of(watched.get(wanted)), walk)
                .getFirst();
    }
}
