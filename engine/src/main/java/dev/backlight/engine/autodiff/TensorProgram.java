package dev.backlight.engine.autodiff;

import dev.backlight.engine.program.Program;
import dev.backlight.engine.shape.ShapeException;
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
     * @throws ShapeException when the tensors do not fit the inputs
     */
    public List<Tensor> run(List<Tensor> inputs, int... wanted) {
        if (inputs.isEmpty()) {
            throw new ShapeException("a program without inputs needs no second run");
        }
        return program.run(inputs.stream().map(Tensor::array).toList(), wanted).stream()
                .map(array -> Tensor.of(inputs.getFirst().backend(), array))
                .toList();
    }

    /**
     * A tensor for an input in the order of elements that {@link #run} expects there: itself, or, for a {@linkplain
     * dev.backlight.engine.program.Trained trained} input, maybe a copy in the innermost open scope, whose shape says so. Steps
     * that go element by element, such as optimisers', work on it as on any tensor.
     *
     * @throws ShapeException when it does not have the shape that was recorded
     */
    public Tensor arranged(int input, Tensor plain) {
        return Tensor.of(plain.backend(), program.arranged(input, plain.array()));
    }

    /** What {@link #arranged} was given, of a tensor in the order that it gave: the input itself, or its gradient. */
    public Tensor restored(int input, Tensor arranged) {
        return Tensor.of(arranged.backend(), program.restored(input, arranged.array()));
    }

    /** Memory for intermediate results of a run, in bytes; known before anything has run. */
    public long bytes() {
        return program.bytes();
    }

    /** Memory for what is computed once and kept for all runs, in bytes. */
    public long constantBytes() {
        return program.constantBytes();
    }

    /**
     * Makes this program hold at most so many bytes for {@linkplain #bytes intermediate results} and {@linkplain #constantBytes
     * constants}, during runs and while constants are computed, in whole blocks of the device's pool. The results of a run come
     * on top, and what kernels take on the way. Where the bytes do not suffice, results are dropped and computed again shortly
     * before they are read ("checkpointing"): the same bits, in more time. Without a limit that happens where the device's memory
     * does not suffice. Each limit replaces the one before it.
     *
     * @return this program
     * @throws dev.backlight.engine.shape.DeviceMemoryException when it cannot do with so few; it stays as it was
     */
    public TensorProgram limitMemory(long most) {
        program.limitMemory(most);
        return this;
    }

    /** Whether the device's memory is likely to suffice for it without anything being computed again. */
    public boolean fits() {
        return program.fits();
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
