package dev.backlight.engine.autodiff;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A function of tensors that is recorded when it meets inputs of new shapes, and replayed when it meets like ones again.
 * Programs of the last few shapes are kept. Meant for code that runs often while everything but its inputs stays the same,
 * such as a frozen network's forward pass; see {@link Recording} for what counts as constant. Programs live as long as the
 * scope that was open when the replay was made.
 */
public final class Replay {
    /** Programs kept: whole batches and the last, smaller one of a loop, with room for another. */
    private static final int KEPT = 3;

    private record Form(Backend backend, DType dtype, Shape shape) {
        static Form of(Tensor tensor) {
            return new Form(tensor.backend(), tensor.dtype(), tensor.shape());
        }
    }

    private final Function<List<Tensor>, List<Tensor>> function;
    private final @Nullable Scope home = Scope.current();
    private final SequencedMap<List<Form>, TensorProgram> programs = new LinkedHashMap<>();

    private Replay(Function<List<Tensor>, List<Tensor>> function) {
        this.function = function;
    }

    /** Wraps a function that reads no numbers on the host. */
    public static Replay ofAll(Function<List<Tensor>, List<Tensor>> function) {
        return new Replay(function);
    }

    /** Wraps a function of one tensor, such as a network. */
    public static UnaryOperator<Tensor> of(UnaryOperator<Tensor> function) {
        Replay replay = ofAll(inputs -> List.of(function.apply(inputs.getFirst())));
        return input -> replay.run(input).getFirst();
    }

    /** The function's results for these inputs, unrecorded, in the innermost open scope. */
    public List<Tensor> run(Tensor... inputs) {
        List<Tensor> given = Tensor.detached(List.of(inputs));
        if (Recording.isOpen()) {
            return function.apply(given);
        }
        return programFor(given.stream().map(Form::of).toList()).run(given);
    }

    /**
     * Whether memory is likely to suffice for inputs of these shapes, of the type and on the device of {@code like}, without
     * anything being computed again: recorded, not run.
     */
    public boolean fits(Tensor like, Shape... shapes) {
        return Recording.isOpen()
                || programFor(Arrays.stream(shapes)
                                .map(shape -> new Form(like.backend(), like.dtype(), shape))
                                .toList())
                        .fits();
    }

    private TensorProgram programFor(List<Form> forms) {
        TensorProgram program = programs.remove(forms);
        if (program != null && program.isOutdated()) {
            program.release();
            program = null;
        }
        if (program == null) {
            program = record(forms);
            if (programs.size() == KEPT) {
                programs.pollFirstEntry().getValue().release();
            }
        }
        programs.putLast(forms, program);
        return program;
    }

    private TensorProgram record(List<Form> forms) {
        try (Recording recording = Recording.openIn(home)) {
            List<Tensor> placeholders = forms.stream()
                    .map(form -> recording.input(form.backend(), form.dtype(), form.shape()))
                    .toList();
            return recording.program(function.apply(placeholders));
        }
    }
}
