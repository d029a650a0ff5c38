package dev.backlight.engine.op;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Gradients;
import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Scope;
import java.util.List;
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

    /**
     * Expands the formula again and walks back through it: on the inputs' own tape, recorded, where they are on one (so
     * that the result can be differentiated in turn), otherwise on a private tape.
     */
    @Override
    default Gradients gradient(Application at, Tensor upstream) {
        Tape own = at.inputs().stream()
                .map(Tensor::tape)
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse(null);
        Tape tape = own == null ? new Tape() : own;
        Walk walk = own == null ? Walk.PLAIN : Walk.PLAIN.recorded();
        // Aliases end the walk here, even where one input was computed from another.
        List<Tensor> ends = at.inputs().stream()
                .map(input -> own == null ? tape.watch(input) : input.tape() == null ? input : alias(input))
                .toList();
        Supplier<Tensor> result = Gradients.shared(() -> formula(ends));
        return Gradients.of(ends.stream()
                .<Supplier<Tensor>>map(end -> () -> tape.gradient(result.get(), upstream, List.of(end), walk)
                        .getFirst())
                .toList());
    }

    private static Tensor alias(Tensor x) {
        return new Reshape(x.shape()).on(x);
    }
}
