package dev.backlight.engine.autodiff;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an application sends back to each of its inputs, computed only where it is asked for. Inputs beyond the end of the
 * list receive nothing.
 */
public final class Gradients {
    private final List<Supplier<Tensor>> perInput;

    private Gradients(List<Supplier<Tensor>> perInput) {
        this.perInput = perInput;
    }

    /** One supplier per input, in the order of the inputs. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public static Gradients of(Supplier<Tensor>... perInput) {
        return new Gradients(List.of(perInput));
    }

    /** The same for ops with any number of inputs. */
    public static Gradients of(List<Supplier<Tensor>> perInput) {
        return new Gradients(List.copyOf(perInput));
    }

    /** A tensor that several inputs' gradients are made from, computed once, on first use. */
    public static Supplier<Tensor> shared(Supplier<Tensor> computation) {
        return new Supplier<>() {
            private @Nullable Tensor value;

            @Override
            public Tensor get() {
                Tensor known = value;
                if (known == null) {
                    known = computation.get();
                    value = known;
                }
                return known;
            }
        };
    }

    /** The gradient for one input, or null when this application sends it none. */
    public @Nullable Tensor at(int input) {
        return input < perInput.size() ? perInput.get(input).get() : null;
    }
}
