package dev.backlight.engine.autodiff;

import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.shape.ShapeException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One walk over a tape, from the end to the beginning. Signals wait at the tensors they belong to until every consumer has
 * sent its share. In an unrecorded walk a signal's memory goes back as soon as it has been passed on.
 */
final class BackwardPass {
    private final Tape tape;
    private final Walk walk;
    /** Signals by application index for outputs, by tensor for leaves. */
    private final IdentityHashMap<Object, Tensor> waiting = new IdentityHashMap<>();
    /** Signals that have been added to others and are of no further use. */
    private final List<Tensor> superseded = new ArrayList<>();

    /** What arrived at the tensors asked for, null where nothing has yet. */
    private @Nullable Tensor[] results = {};

    BackwardPass(Tape tape, Walk walk) {
        this.tape = tape;
        this.walk = walk;
    }

    List<Tensor> run(Tensor of, Tensor seed, List<Tensor> wrt) {
        if (walk.isRecorded()) {
            return pass(of, seed, wrt, null);
        }
        try (Scope scope = Scope.open()) {
            return pass(of, seed.tape() == tape ? seed.detached() : seed, wrt, scope).stream()
                    .map(scope::keep)
                    .toList();
        }
    }

    private List<Tensor> pass(Tensor of, Tensor seed, List<Tensor> wrt, @Nullable Scope scope) {
        Reach reach = Reach.of(tape, walk.propagations(), of, wrt);
        results = new Tensor[wrt.size()];
        waiting.put(key(of), seed);
        Application last = of.application();
        for (int i = last == null ? -1 : last.index(); i >= 0; i--) {
            Application application = tape.application(i);
            Tensor upstream = reach.contains(application) ? waiting.remove(application) : null;
            if (upstream == null) {
                continue;
            }
            for (int w = 0; w < results.length; w++) {
                if (wrt.get(w).application() == application) {
                    results[w] = upstream;
                }
            }
            if (scope == null) {
                send(application, application, upstream, reach);
            } else {
                sendFreeing(application, upstream, reach, scope);
                free(upstream.storage(), scope);
            }
        }
        return collect(wrt);
    }

    /** An unrecorded application's temporaries die with it; only the signals it sends live on. */
    private void sendFreeing(Application application, Tensor upstream, Reach reach, Scope scope) {
        try (Scope temporaries = Scope.open()) {
            send(application.detached(), application, upstream, reach).forEach(temporaries::keep);
        }
        superseded.forEach(tensor -> free(tensor.storage(), scope));
        superseded.clear();
    }

    /** Asks an application for what it sends back, adds each share to what waits at its input, and returns the sums. */
    private List<Tensor> send(Application seen, Application recorded, Tensor upstream, Reach reach) {
        Propagation own = walk.propagations().at(recorded);
        Gradients gradients = (own == null ? Propagation.GRADIENT : own).propagate(seen, upstream);
        List<Tensor> sent = new ArrayList<>();
        for (int i = 0; i < recorded.inputs().size(); i++) {
            Tensor input = recorded.input(i);
            Tensor share = reach.wants(recorded, i) ? gradients.at(i) : null;
            if (share != null) {
                requireShape(share, input, recorded, i);
                sent.add(waiting.merge(key(input), share, this::join));
            }
        }
        return sent;
    }

    private Tensor join(Tensor before, Tensor share) {
        superseded.add(before);
        return Sum.of(before, share);
    }

    /** Leaves are known by their tensor, results by the application that made them (views of one result are one). */
    private static Object key(Tensor tensor) {
        Application application = tensor.application();
        return application != null ? application : tensor;
    }

    private void free(Storage storage, Scope scope) {
        for (@Nullable Tensor result : results) {
            if (result != null && result.storage() == storage) {
                return;
            }
        }
        for (Tensor other : waiting.values()) {
            if (other.storage() == storage) {
                return;
            }
        }
        scope.discard(storage);
    }

    private List<Tensor> collect(List<Tensor> wrt) {
        List<Tensor> gradients = new ArrayList<>();
        for (int w = 0; w < results.length; w++) {
            Tensor leaf = wrt.get(w);
            Tensor arrived = results[w];
            Tensor found = arrived != null ? arrived : waiting.get(key(leaf));
            gradients.add(
                    found != null
                            ? found
                            : Tensor.execute(leaf.backend(), new Primitive.Fill(0), leaf.dtype(), leaf.shape()));
        }
        return gradients;
    }

    private static void requireShape(Tensor share, Tensor input, Application application, int i) {
        if (!share.shape().equals(input.shape())) {
            throw new ShapeException("the propagation of " + application + " sent a signal of shape " + share.shape()
                    + " to input " + i + ", which has shape " + input.shape());
        }
    }
}
