package dev.backlight.engine.backend;

import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.List;

/**
 * A device: memory, copies and the execution of primitives. Implementations must agree with the reference backend
 * within the bounds the parity tests state, and give equal bits for equal inputs, whatever the number of threads.
 */
public interface Backend {
    /** A short name such as {@code reference}, {@code vector} or {@code cuda}. */
    String name();

    BufferPool pool();

    /**
     * Executes one primitive. Shapes and types have been checked by the caller; the output never overlaps an input save
     * where the primitive says so.
     */
    void execute(Primitive primitive, List<DeviceArray> inputs, DeviceArray output);

    /**
     * Executes primitives that work element by element (single ones and chains, also in blocks of channels) on outputs of
     * one shape and type, at least one, in order. A backend may apply all of them to some elements before it goes on to the next,
     * and so read from memory once what several of them read; the bits are those of the executions one by one. For that, an
     * input that another execution writes is that output, neither a part nor another view of it; and what an output lies on
     * has its shape wherever an execution before reads it. What wraps another backend should pass this on.
     */
    default void executeTogether(List<Execution> executions) {
        executions.forEach(execution -> execution.on(this));
    }

    /** Copies from a {@code float[]}, {@code double[]} or {@code long[]} that matches the buffer's type. */
    void upload(Object source, int sourceOffset, Buffer target);

    /** Copies into a {@code float[]}, {@code double[]} or {@code long[]} that matches the buffer's type. */
    void download(Buffer source, Object target, int targetOffset);

    /** Waits until everything submitted has been done. */
    default void synchronize() {}

    /** Whether executions that are repeated on the same memory should be {@linkplain #prepare prepared}. */
    default boolean prepares() {
        return false;
    }

    /**
     * Makes one command of executions, each of which this backend has done before on arrays like these. Only for backends
     * that {@link #prepares} say so.
     */
    default PreparedRun prepare(List<Execution> executions) {
        throw new UnsupportedOperationException("backend " + name() + " executes primitives one by one");
    }

    /**
     * How many channels of an image programs should keep side by side in memory, as {@link Primitive.Nchwc} describes, for this
     * backend's convolutions to be fast; 1 for the plain layout.
     */
    default int channelBlock() {
        return 1;
    }

    /** A new array with undefined contents, owned by the innermost open {@link Scope}. */
    default DeviceArray allocate(DType dtype, Shape shape) {
        return pool().allocate(dtype, shape);
    }
}
