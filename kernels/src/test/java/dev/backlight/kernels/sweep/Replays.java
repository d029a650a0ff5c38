package dev.backlight.kernels.sweep;

import static dev.backlight.engine.op.Ops.mul;
import static dev.backlight.engine.op.Ops.sum;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.autodiff.Walk;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.check.OpSample;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import java.util.ArrayList;
import java.util.List;

/** Holds replayed programs to the bits of eager execution. */
public final class Replays {
    /** From the second run on a device may repeat what it recorded. */
    private static final int RUNS = 3;

    private Replays() {}

    /** Replays an op with its derivatives in both precisions, on other inputs first. */
    public static void check(OpSample sample, Backend backend) {
        for (DType type : List.of(DType.F32, DType.F64)) {
            try (Scope scope = Scope.open()) {
                List<Tensor> inputs = sample.on(backend, type);
                List<Tensor> eager = derivatives(sample, inputs);
                List<Tensor> varied = inputs.stream()
                        .map(x -> x.dtype() == DType.I64 ? x : mul(x, 0.75))
                        .toList();
                TensorProgram program;
                try (Recording recording = Recording.open()) {
                    List<Tensor> places =
                            inputs.stream().map(recording::inputLike).toList();
                    program = recording.program(derivatives(sample, places));
                }
                for (int run = 0; run < RUNS; run++) {
                    program.run(varied);
                    assertSameBits(eager, program.run(inputs), sample + " on " + backend.name());
                }
            }
        }
    }

    /** Output, gradients, and gradients of the gradients' squares. */
    public static List<Tensor> derivatives(OpSample sample, List<Tensor> inputs) {
        Tape tape = new Tape();
        List<Tensor> watched = inputs.stream()
                .map(x -> x.dtype() == DType.I64 ? x : tape.watch(x))
                .toList();
        List<Tensor> leaves = watched.stream().filter(x -> x.tape() != null).toList();
        Tensor output = sample.function().apply(watched);
        List<Tensor> results = new ArrayList<>(List.of(output));
        if (output.tape() == null) {
            return results;
        }
        List<Tensor> first = tape.gradient(sum(Ops.square(output)), leaves, Walk.PLAIN.recorded());
        results.addAll(first);
        Tensor norm =
                first.stream().map(g -> sum(Ops.square(g))).reduce(Ops::add).orElseThrow();
        if (norm.tape() != null) {
            results.addAll(tape.gradient(norm, leaves, Walk.PLAIN));
        }
        return results.stream().map(Tensor::detached).toList();
    }

    public static void assertSameBits(List<Tensor> expected, List<Tensor> found, String what) {
        assertEquals(expected.size(), found.size(), what);
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).shape(), found.get(i).shape(), what);
            assertArrayEquals(expected.get(i).toDoubles(), found.get(i).toDoubles(), what + ", result " + i);
        }
    }
}
