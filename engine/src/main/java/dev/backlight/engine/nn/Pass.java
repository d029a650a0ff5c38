package dev.backlight.engine.nn;

import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Philox;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One application of a network: whether it trains, which tensors stand in for its parameters, and where its random numbers
 * come from. In evaluation parameters are constants, so no walk ever computes their gradients.
 */
public final class Pass {
    /** Evaluation with the parameters' own values. */
    public static final Pass EVALUATION = new Pass(null, 0);

    private final @Nullable Tape tape;
    private final long seed;
    private final IdentityHashMap<Parameter, Tensor> leaves = new IdentityHashMap<>();
    private long drawn;

    private Pass(@Nullable Tape tape, long seed) {
        this.tape = tape;
        this.seed = seed;
    }

    /** Training: trainable parameters become leaves of the tape; random numbers follow from the seed. */
    public static Pass training(Tape tape, long seed) {
        return new Pass(tape, seed);
    }

    public boolean isTraining() {
        return tape != null;
    }

    /** The tensor that stands for a parameter in this pass. */
    public Tensor value(Parameter parameter) {
        Tape watching = tape;
        if (watching == null || !parameter.isTrainable()) {
            return parameter.value();
        }
        return leaves.computeIfAbsent(parameter, key -> watching.watch(key.value()));
    }

    /** The leaves of the given parameters, for a walk with respect to them. */
    public List<Tensor> leaves(List<Parameter> parameters) {
        return parameters.stream().map(this::value).toList();
    }

    /** A fresh seed for one random draw of this pass. */
    public long nextSeed() {
        return Philox.split(seed, drawn++);
    }
}
