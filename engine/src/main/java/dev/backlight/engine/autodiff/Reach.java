package dev.backlight.engine.autodiff;

import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The part of a tape that a walk must visit: applications whose output depends on one of the tensors asked for. It is what
 * spares the gradients of weights when only an image's is wanted.
 */
final class Reach {
    private final BitSet dependent = new BitSet();
    private final IdentityHashMap<Tensor, Boolean> leaves = new IdentityHashMap<>();
    private final PropagationMap propagations;

    private Reach(PropagationMap propagations) {
        this.propagations = propagations;
    }

    static Reach of(Tape tape, PropagationMap propagations, Tensor of, List<Tensor> wrt) {
        Reach reach = new Reach(propagations);
        BitSet targets = new BitSet();
        for (Tensor tensor : wrt) {
            Application application = tensor.application();
            if (application == null) {
                reach.leaves.put(tensor, true);
            } else {
                targets.set(application.index());
            }
        }
        Application last = of.application();
        for (int i = 0; last != null && i <= last.index(); i++) {
            if (targets.get(i) || reach.dependsOnInputs(tape.application(i))) {
                reach.dependent.set(i);
            }
        }
        return reach;
    }

    boolean contains(Application application) {
        return dependent.get(application.index());
    }

    /** Whether a signal sent to this input leads anywhere. */
    boolean wants(Application application, int input) {
        Tensor tensor = application.input(input);
        Application made = tensor.application();
        boolean leads = made == null ? leaves.containsKey(tensor) : dependent.get(made.index());
        return leads && (application.op().differentiable(input) || propagations.at(application) != null);
    }

    private boolean dependsOnInputs(Application application) {
        for (int i = 0; i < application.inputs().size(); i++) {
            if (wants(application, i)) {
                return true;
            }
        }
        return false;
    }
}
