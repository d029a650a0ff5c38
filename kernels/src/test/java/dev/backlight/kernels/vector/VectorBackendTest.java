package dev.backlight.kernels.vector;

import static dev.backlight.engine.shape.DType.F32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.sweep.Draw;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@link VectorSweepTest} does not reach: the choice of the backend, and primitives that change their inputs. */
class VectorBackendTest {
    private static final Backend VECTOR = new VectorBackend(2);
    private static final Backend REFERENCE = new ReferenceBackend();

    private final Draw draw = new Draw(41);

    @Test
    void isThePreferredCpuBackend() {
        assertInstanceOf(VectorBackend.class, Backends.named("vector", 2));
        assertEquals(
                "vector",
                Backends.providers().stream()
                        .filter(p -> !p.name().equals("cuda"))
                        .findFirst()
                        .orElseThrow()
                        .name());
    }

    @Test
    void optimiserSteps() {
        for (int i = 0; i < 60; i++) {
            Shape shape = Shape.of(draw.size(5000));
            DeviceArray parameter = draw.values(F32, shape);
            DeviceArray moment = draw.values(F32, shape);
            Primitive adam = new Primitive.AdamStep(0.1, 0.9, 0.999, 1e-8, 0.01, 1 + i);
            check(adam, 2e-6, parameter, draw.values(F32, shape), moment, draw.values(F32, shape, 1e-3, 1));
            Primitive sgd = new Primitive.SgdStep(0.1, 0.9, 5e-4, i % 2 == 0);
            check(sgd, 1e-6, parameter, draw.values(F32, shape), moment);
        }
    }

    private void check(Primitive primitive, double relative, DeviceArray out, DeviceArray... inputs) {
        List<DeviceArray> copies = List.of(inputs).stream().map(this::copy).toList();
        DeviceArray outCopy = copy(out);
        VECTOR.execute(primitive, List.of(inputs), out);
        REFERENCE.execute(primitive, copies, outCopy);
        assertClose(primitive + " output", relative, outCopy, out);
        for (int i = 0; i < inputs.length; i++) {
            assertClose(primitive + " input " + i, relative, copies.get(i), inputs[i]);
        }
    }

    private DeviceArray copy(DeviceArray array) {
        return draw.array(array.dtype(), array.shape(), Draw.read(array));
    }

    private static void assertClose(String what, double relative, DeviceArray expected, DeviceArray actual) {
        double[] e = Draw.read(expected);
        double[] a = Draw.read(actual);
        for (int i = 0; i < e.length; i++) {
            assertEquals(e[i], a[i], relative * Math.abs(e[i]) + 1e-6, what + " at " + i);
        }
    }
}
