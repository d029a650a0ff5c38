package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import dev.backlight.kernels.sweep.Replays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a device that does programs at one command is asked for that again. */
class PreparationsTest {
    /** Refuses until it is told not to, and counts. */
    private static final class Preparing extends LimitedBackend {
        private boolean hasRoom;
        private boolean canPrepare = true;
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

    private final Preparing device = new Preparing();

    private Tensor x() {
        return Tensor.random(device, DType.F32, Shape.of(64), Primitive.Distribution.NORMAL, 1);
    }

    private static TensorProgram cube(Tensor x) {
        try (Recording recording = Recording.open()) {
            Tensor in = recording.inputLike(x);
            return recording.program(List.of(Ops.mul(Ops.square(in), in)));
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
}
