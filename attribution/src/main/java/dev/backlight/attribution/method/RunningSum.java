package dev.backlight.attribution.method;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.op.Ops;
import org.jspecify.annotations.Nullable;

/** A sum over batches of which only the latest value takes memory. */
final class RunningSum {
    private final Scope owner;
    private @Nullable Tensor sum;

    /** @param owner the scope in which the sum lives; batches are added from one scope further inside */
    RunningSum(Scope owner) {
        this.owner = owner;
    }

    /** Adds a tensor made in {@code batch}. */
    void add(Tensor part, Scope batch) {
        Tensor before = sum;
        if (before == null) {
            sum = batch.keep(part);
        } else {
            sum = batch.keep(Ops.add(before, part));
            owner.discard(before.storage());
        }
    }

    Tensor value() {
        if (sum == null) {
            throw new IllegalStateException("nothing has been added");
        }
        return sum;
    }
}
