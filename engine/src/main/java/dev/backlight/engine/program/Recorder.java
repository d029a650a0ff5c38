package dev.backlight.engine.program;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.UnsupportedOpException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lists what the code of this thread asks its backend to execute, from {@link #open} to {@link #close}, in place of
 * executing it: recording takes no time and no memory, and a program's memory is known before anything runs. The numbers of
 * what is recorded do not exist yet, so code that reads them on the host is refused with a sentence. What code reads from
 * elsewhere, and numbers that it uploads, are constants of the recording.
 */
public final class Recorder implements AutoCloseable {
    private static final ThreadLocal<@Nullable Recorder> CURRENT = new ThreadLocal<>();

    private final @Nullable Scope home;
    private final List<Step> steps = new ArrayList<>();
    private final List<DeviceArray> inputs = new ArrayList<>();
    private @Nullable Backend backend;

    private Recorder(@Nullable Scope home) {
        this.home = home;
    }

    /**
     * Begins to record.
     *
     * @param home the scope that constants and programs live in, an open one; null leaves them to the garbage collector
     * @throws IllegalStateException when this thread is recording already
     */
    public static Recorder open(@Nullable Scope home) {
        if (CURRENT.get() != null) {
            throw new IllegalStateException("this thread is recording already; recordings do not nest");
        }
        Recorder recorder = new Recorder(home);
        CURRENT.set(recorder);
        return recorder;
    }

    /** What this thread is recording with, or null. */
    public static @Nullable Recorder current() {
        return CURRENT.get();
    }

    /**
     * Computes something that is no part of what is being recorded, such as the shapes that a graph needs before it runs:
     * it is executed at once.
     */
    public static <T> T aside(Supplier<T> body) {
        Recorder recording = CURRENT.get();
        CURRENT.remove();
        try {
            return body.get();
        } finally {
            if (recording != null) {
                CURRENT.set(recording);
            }
        }
    }

    /** A place for numbers that every run of a program is given anew. */
    public DeviceArray input(Backend on, DType dtype, Shape shape) {
        DeviceArray input = placeholder(on, dtype, shape);
        inputs.add(input);
        return input;
    }

    /**
     * Lists one execution and returns the place of its result.
     *
     * @throws UnsupportedOpException when the primitive writes into its operands
     */
    public DeviceArray record(Backend on, Primitive primitive, List<DeviceArray> operands, DType dtype, Shape shape) {
        requirePure(primitive);
        for (DeviceArray operand : operands) {
            Scope.adopt(operand.storage(), home);
        }
        DeviceArray output = placeholder(on, dtype, shape);
        steps.add(new Step(primitive, operands, output));
        return output;
    }

    /**
     * The program of everything recorded so far that gives these results for the inputs made so far.
     *
     * @param trained inputs that it may be given, and results that it may give, in another order of elements
     */
    public Program program(List<DeviceArray> outputs, List<Trained> trained) {
        Backend on = backend;
        if (on == null) {
            throw new IllegalStateException("nothing has been recorded");
        }
        return new Program(on, home, steps, new Ports(inputs, outputs, trained, false));
    }

    @Override
    public void close() {
        CURRENT.remove();
    }

    private static void requirePure(Primitive primitive) {
        if (primitive instanceof Primitive.AdamStep || primitive instanceof Primitive.SgdStep) {
            throw new UnsupportedOpException(
                    "an optimiser's step writes into its operands, so a program that may run steps"
                            + " again cannot contain it; do it outside of the recording");
        }
    }

    private DeviceArray placeholder(Backend on, DType dtype, Shape shape) {
        if (backend != null && !backend.equals(on)) {
            throw new DeviceException(
                    "a program runs on one device, but found " + backend.name() + " and " + on.name());
        }
        backend = on;
        return DeviceArray.placeholder(dtype, shape);
    }
}
