package dev.backlight.engine.autodiff;

import dev.backlight.engine.program.Program;
import java.util.List;

/** A recorded computation on tensors, ready to run; see {@link Recording}. */
public final class TensorProgram {
    private final Program program;

    TensorProgram(Program program) {
        this.program = program;
    }

    /**
     * Computes all results, or those of the given numbers only, from one tensor per input of the recording.
     *
     * @return unrecorded tensors in the innermost open scope, equal bit for bit to what the recorded code computes
     * @throws dev.backlight.engine.shape.ShapeException when the tensors do not fit the inputs
     */
    public List<Tensor> run(List<Tensor> inputs, int... wanted) {
        if (inputs.isEmpty()) {
            throw new dev.backlight.engine.shape.ShapeException("a program without inputs needs no second run");
        }
        return program.run(inputs.stream().map(Tensor::array).toList(), wanted).stream()
                .map(array -> Tensor.of(inputs.getFirst().backend(), array))
                .toList();
    }

    /** Memory for intermediate results, in bytes; known before anything has run. */
    public long bytes() {
        return program.bytes();
    }

    /** Whether weights that it was recorded with have been moved to another device or type since: it must be recorded anew. */
    public boolean isOutdated() {
        return program.isOutdated();
    }

    /** Gives the memory back; a later run takes it anew. */
    public void release() {
        program.release();
    }

    /** How many primitives one run executes. */
    public int size() {
        return program.size();
    }
}
