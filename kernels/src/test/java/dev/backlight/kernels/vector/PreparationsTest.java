package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.backlight.engine.autodiff.Recording;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.autodiff.TensorProgram;
import dev.backlight.engine.backend.Execution;
import dev.backlight.engine.backend.PreparedRun;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.UnsupportedOpException;
import dev.backlight.kernels.sweep.Replays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a device that does programs at one command is asked for that again. */
class PreparationsTest {
    /** Refuses until it is told not to, and counts. */
    private static final class Preparing extends LimitedBackend {
        private boolean hasRoom;
        private boolean canPrepare = true;
        private boolean knowsAll = true;
        private int asked;
        private int runs;

        Preparing() {
            super(new ReferenceBackend());
        }

        @Override
        public boolean prepares() {
            return true;
        }

        @Override
        public PreparedRun prepare(List<Execution> executions) {
            asked++;
            if (!canPrepare) {
                throw new DeviceException("not on this device");
            }
            if (!knowsAll) {
                throw new UnsupportedOpException("no such primitive in a graph");
            }
            if (!hasRoom) {
                throw new DeviceMemoryException("no room for a graph");
            }
            return new PreparedRun() {
                @Override
                public void run() {
                    runs++;
                    executions.forEach(execution -> execution.on(Preparing.this));
                }

                @Override
                public void close() {}
            };
        }
    }

    private static final int SIZE = 64;
    private static final long BYTES = (long) SIZE * Float.BYTES;

    private final Preparing device = new Preparing();

    private Tensor x() {
        return Tensor.random(device, DType.F32, Shape.of(SIZE), Primitive.Distribution.NORMAL, 1);
    }

    private static TensorProgram cube(Tensor x) {
        try (Recording recording = Recording.open()) {
            Tensor in = recording.inputLike(x);
            return recording.program(List.of(Ops.mul(Ops.square(in), in)));
        }
    }

    /** Without anything else that takes memory. */
    private static void runOnly(TensorProgram program, Tensor x, Tensor expected, int times) {
        for (int i = 0; i < times; i++) {
            try (Scope _ = Scope.open()) {
                Replays.assertSameBits(List.of(expected), program.run(List.of(x)), "run " + i);
            }
        }
    }

    private static void run(TensorProgram program, Tensor x, int times) {
        for (int i = 0; i < times; i++) {
            try (Scope _ = Scope.open()) {
                Replays.assertSameBits(List.of(Ops.mul(Ops.square(x), x)), program.run(List.of(x)), "run " + i);
            }
        }
    }

    @Test
    void wantOfMemoryIsForgottenWhenTheProgramGaveItsMemoryBack() {
        try (Scope _ = Scope.open()) {
            Tensor x = x();
            TensorProgram program = cube(x);
            run(program, x, 4);
            assertEquals(1, device.asked);
            device.hasRoom = true;
            run(program, x, 2);
            assertEquals(1, device.asked);
            program.release();
            run(program, x, 4);
            assertEquals(2, device.asked);
            assertEquals(3, device.runs);
        }
    }

    @Test
    void whatTheDeviceCannotDoIsNotAskedAgain() {
        device.canPrepare = false;
        try (Scope _ = Scope.open()) {
            Tensor x = x();
            TensorProgram program = cube(x);
            run(program, x, 3);
            program.release();
            run(program, x, 3);
            assertEquals(1, device.asked);
        }
    }

    /** There is room for its input and its result at fixed places, but not for a second result. */
    @Test
    void aProgramWhoseResultsWouldNotFitTwiceRunsStepByStep() {
        device.hasRoom = true;
        try (Scope _ = Scope.open()) {
            Tensor x = x();
            TensorProgram program = cube(x);
            Tensor expected = Ops.mul(Ops.square(x), x);
            device.leave(program.bytes() + program.constantBytes() + BYTES + BYTES * 3 / 2);
            runOnly(program, x, expected, 4);
            assertEquals(0, device.runs);
            device.leave(program.bytes() + program.constantBytes() + 3 * BYTES);
            program.release();
            runOnly(program, x, expected, 4);
            assertEquals(3, device.runs);
        }
    }

    @Test
    void aPreparedProgramWhoseRoomIsTakenGoesOnStepByStep() {
        device.hasRoom = true;
        try (Scope _ = Scope.open()) {
            Tensor x = x();
            TensorProgram program = cube(x);
            Tensor expected = Ops.mul(Ops.square(x), x);
            runOnly(program, x, expected, 3);
            assertEquals(2, device.runs);
            device.pool().trim();
            device.leave(0);
            runOnly(program, x, expected, 3);
            assertEquals(3, device.runs, "only the first of the three is tried");
            assertEquals(1, device.asked);
        }
    }

    @Test
    void whatAFailedPreparationTookIsGivenBack() {
        device.knowsAll = false;
        try (Scope _ = Scope.open()) {
            Tensor x = x();
            TensorProgram program = cube(x);
            run(program, x, 1);
            long before = device.liveBytes();
            assertThrows(UnsupportedOpException.class, () -> program.run(List.of(x)));
            assertEquals(before, device.liveBytes());
        }
    }
}
