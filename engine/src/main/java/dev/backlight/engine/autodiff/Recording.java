package dev.backlight.engine.autodiff;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.program.Recorder;
import dev.backlight.engine.program.Trained;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of code whose tensors have shapes but no numbers: what it computes is listed, and becomes a program that can run
 * many times, faster and in less memory than the code itself. Tapes, walks and rules work as ever.
 *
 * <pre>{@code
 * try (Recording recording = Recording.open()) {
 *     Tensor x = recording.input(backend, DType.F32, shape);
 *     TensorProgram forward = recording.program(List.of(network.apply(x)));
 * }
 * forward.run(List.of(image));
 * }</pre>
 *
 * <p>Everything but the inputs is constant: weights, images in the code's reach, seeds of random numbers, what the host
 * computes. A program notices when a tensor among them has been written since, as training does with weights.
 */
public final class Recording implements AutoCloseable {
    private final Recorder recorder;

    private Recording(@Nullable Scope home) {
        this.recorder = Recorder.open(home);
    }

    /**
     * Begins to record what this thread computes. Programs and constants live as long as the scope that is open now.
     *
     * @throws IllegalStateException when it is recording already
     */
    public static Recording open() {
        return openIn(Scope.current());
    }

    static Recording openIn(@Nullable Scope home) {
        return new Recording(home);
    }

    /** Whether this thread is recording, so that tensors have no numbers. */
    public static boolean isOpen() {
        return Recorder.current() != null;
    }

    /** A tensor that every run of a program is given anew. */
    public Tensor input(Backend backend, DType dtype, Shape shape) {
        return Tensor.of(backend, recorder.input(backend, dtype, shape));
    }

    /** An input like a tensor. */
    public Tensor inputLike(Tensor tensor) {
        return input(tensor.backend(), tensor.dtype(), tensor.shape());
    }

    /** The program that gives these results; several can share a recording. */
    public TensorProgram program(List<Tensor> results) {
        return program(results, List.of());
    }

    /**
     * The same for inputs that an optimiser changes between runs: they, and the results that it follows, may lie in whichever
     * order of elements the program is fastest with. {@link TensorProgram#arranged} brings them there.
     */
    public TensorProgram program(List<Tensor> results, List<Trained> trained) {
        return new TensorProgram(
                recorder.program(results.stream().map(Tensor::array).toList(), trained));
    }

    @Override
    public void close() {
        recorder.close();
    }
}
