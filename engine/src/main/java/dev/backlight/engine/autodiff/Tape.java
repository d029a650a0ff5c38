package dev.backlight.engine.autodiff;

import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records every op applied to a tensor it watches, or to anything computed from one, and walks the record backward any
 * number of times:
 *
 * <pre>{@code
 * Tape tape = new Tape();
 * Tensor x = tape.watch(image);
 * Tensor score = pick(network.apply(x), target);
 * Tensor gradient = tape.gradient(score, x);
 * Tensor guided = tape.gradient(score, List.of(x), Walk.under(PropagationMap.on(Relu.class, GUIDED))).getFirst();
 * }</pre>
 *
 * What a tape records lives as long as the scope that was open when the tape was made. A tape belongs to one thread.
 */
public final class Tape {
    private final List<Application> applications = new ArrayList<>();
    private final Map<Integer, Substitute> substitutes = new HashMap<>();
    private final @Nullable Scope scope = Scope.current();

    /** A leaf of this tape with the tensor's numbers. */
    public Tensor watch(Tensor tensor) {
        return tensor.on(this, null);
    }

    /** What stands in for an application, which another tape knows from the same code. */
    private record Substitute(Application alike, Tensor value) {}

    /**
     * Lets a tensor stand in for what an application will give, as in activation patching: what follows is computed from it, and
     * the signal that a walk brings to the application's output is the gradient with respect to it. The application is
     * known from a tape on which the same code has been recorded, also with another batch size. What would have been its output
     * is computed all the same, except in a {@link Recording}, which drops what nobody reads.
     *
     * @param alike the application on the other tape; here it will stand at the same {@linkplain Application#index index}
     * @param value of the output's shape and type
     * @throws ShapeException when that place is taken already; when the application comes, if another op or path stands there, or
     *     value has another shape or type
     */
    public void substitute(Application alike, Tensor value) {
        if (alike.index() < applications.size()) {
            throw new ShapeException("cannot put a tensor in the place of " + alike
                    + ", which has been recorded already; do so" + " before applying the network");
        }
        substitutes.put(alike.index(), new Substitute(alike, value));
    }

    /** Everything recorded so far, in order. */
    public List<Application> applications() {
        return Collections.unmodifiableList(applications);
    }

    /** The plain gradient of a scalar (or of the sum of a tensor) with respect to one tensor. */
    public Tensor gradient(Tensor of, Tensor wrt) {
        return gradient(of, List.of(wrt), Walk.PLAIN).getFirst();
    }

    /** The gradients of the sum of {@code of}'s elements; see {@link #gradient(Tensor, Tensor, List, Walk)}. */
    public List<Tensor> gradient(Tensor of, List<Tensor> wrt, Walk walk) {
        return gradient(of, Tensor.full(of.backend(), of.dtype(), of.shape(), 1), wrt, walk);
    }

    /**
     * Walks backward from {@code of} and returns what arrives at each of {@code wrt}: a tensor of its shape, zeros where
     * nothing arrives.
     *
     * @param of a tensor on this tape
     * @param seed the signal put in at {@code of}, of its shape
     * @param wrt leaves or intermediate results on this tape
     * @throws ShapeException when a tensor is not on this tape, or the seed's shape differs
     */
    public List<Tensor> gradient(Tensor of, Tensor seed, List<Tensor> wrt, Walk walk) {
        requireRecorded(of);
        requireOnThisTape(of, "differentiate");
        wrt.forEach(tensor -> requireOnThisTape(tensor, "differentiate with respect to"));
        if (!seed.shape().equals(of.shape())) {
            throw new ShapeException("a seed of shape " + seed.shape() + " does not fit a tensor of " + of.shape());
        }
        return new BackwardPass(this, walk).run(of, seed, wrt);
    }

    Application application(int index) {
        return applications.get(index);
    }

    private static void requireRecorded(Tensor of) {
        if (of.tape() == null) {
            throw new ShapeException("cannot differentiate " + of + ": its derivative is zero: it depends on nothing "
                    + "that a tape watches, as the gradient of a linear function does, so use zeros; if it should depend "
                    + "on something, watch that before computing it, and use Walk.recorded() if a walk computed it");
        }
    }

    private void requireOnThisTape(Tensor tensor, String purpose) {
        if (tensor.tape() != this) {
            throw new ShapeException(
                    "cannot " + purpose + " " + tensor + ": it was not computed from a tensor that this tape watches");
        }
    }

    static Tensor apply(Op op, List<Tensor> inputs) {
        Tape tape = commonTape(op, inputs);
        Tensor result = op.forward(Tensor.detached(inputs));
        return tape == null ? result : tape.record(op, inputs, result.detached());
    }

    private Tensor record(Op op, List<Tensor> inputs, Tensor result) {
        Tensor output = substituted(op, result);
        Application application = new Application(op, inputs, output, this, NamePath.current(), applications.size());
        applications.add(application);
        Scope.adopt(output.storage(), scope);
        inputs.forEach(input -> Scope.adopt(input.storage(), scope));
        return application.output();
    }

    /** What the next application gives: its result, or what stands in for it. */
    private Tensor substituted(Op op, Tensor result) {
        Substitute substitute = substitutes.remove(applications.size());
        if (substitute == null) {
            return result;
        }
        Application alike = substitute.alike;
        boolean isThere = alike.op().getClass() == op.getClass() && alike.path().equals(NamePath.current());
        Tensor value = substitute.value.detached();
        if (!isThere || !value.shape().equals(result.shape()) || value.dtype() != result.dtype()) {
            throw new ShapeException("cannot put " + value + " in the place of " + alike + ": found " + op.name()
                    + (NamePath.current().isEmpty() ? "" : " at " + NamePath.current()) + " there, which gives "
                    + result.dtype() + " " + result.shape());
        }
        return value;
    }

    private static @Nullable Tape commonTape(Op op, List<Tensor> inputs) {
        Tape common = null;
        for (Tensor input : inputs) {
            Tape tape = input.tape();
            if (tape != null && common != null && tape != common) {
                throw new ShapeException(
                        "the inputs of " + op.name() + " are on two tapes; detach those that are constants here");
            }
            common = tape == null ? common : tape;
        }
        return common;
    }
}
