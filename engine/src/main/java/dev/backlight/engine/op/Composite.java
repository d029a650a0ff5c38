package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Scope;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * An op defined by a formula in other ops: one application on the tape, so that rules meet it as a whole, whose gradient is
 * that of its formula. For ops that are not hot; a hand-written gradient makes fewer passes over memory.
 */
public interface Composite extends Op {
    /** The output, written in ops. */
    Tensor formula(List<Tensor> inputs);

    @Override
    default Tensor forward(List<Tensor> inputs) {
        try (Scope scope = Scope.open()) {
            return scope.keep(formula(inputs));
        }
    }

    @Override
    default Gradients gradient(Application at, Tensor upstream) {
        return gradient(at, upstream, this::formula);
    }

    /**
     * The gradient of any application through a formula in ops of what it computed, also for a fused op that is no
     * composite: expands the formula and walks back through it, on the inputs' own tape, recorded, where they are on one
     * (so that the result can be differentiated in turn), otherwise on a private tape. Inputs may depend on each other:
     * each gets the partial derivative of the formula, with the others held fixed.
     *
     * @param at the application on the tape
     * @param upstream the signal that arrived at its output
     * @param formula from the application's inputs to a tensor of its output's shape
     */
    static Gradients gradient(Application at, Tensor upstream, Function<List<Tensor>, Tensor> formula) {
        Tape own = at.inputs().stream()
                .map(Tensor::tape)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        Tape tape = own == null ? new Tape() : own;
        Walk walk = own == null ? Walk.PLAIN : Walk.PLAIN.recorded();
        // Aliases end the walk here, even where one input was computed from another.
        List<Tensor> ends = at.inputs().stream()
                .map(input -> own == null ? tape.watch(input) : input.tape() == null ? input : alias(input))
                .toList();
        Supplier<Tensor> result = Gradients.shared(() -> formula.apply(ends));
        return Gradients.of(ends.stream()
                .<Supplier<Tensor>>map(end -> () -> tape.gradient(result.get(), upstream, List.of(end), walk)
                        .getFirst())
                .toList());
    }

    private static Tensor alias(Tensor x) {
        return new Reshape(x.shape()).on(x);
    }
}
