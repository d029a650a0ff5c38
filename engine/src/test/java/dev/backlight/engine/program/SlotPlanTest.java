package dev.backlight.engine.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What slots take, and the bound below which they cannot. */
class SlotPlanTest {
    private static final int SIZE = 64;
    private static final long BYTES = (long) SIZE * Float.BYTES;
    private static final Primitive EXP = new Primitive.Unary(UnaryFunction.EXP);
    private static final Primitive JOINED = new Primitive.Concat(0);

    private final List<Step> steps = new ArrayList<>();
    private final DeviceArray input = array(SIZE);

    private static DeviceArray array(int size) {
        return new DeviceArray(Shape.of(size), new Buffer(Storage.placeholder(DType.F32, size), 0, size));
    }

    private DeviceArray step(Primitive primitive, int size, DeviceArray... inputs) {
        DeviceArray output = array(size);
        steps.add(new Step(primitive, List.of(inputs), output));
        return output;
    }

    private long bytes(DeviceArray result) {
        return new SlotPlan(steps, Set.of(result.storage())).bytes();
    }

    private long leastBytes(DeviceArray result) {
        return SlotPlan.leastBytes(steps, Set.of(result.storage()));
    }

    /** c begins with b, and b with a: all three lie in the memory of c. */
    @Test
    void whatAConcatenationBeginsWithTakesNoMemoryBesideIt() {
        DeviceArray a = step(EXP, SIZE, input);
        DeviceArray b = step(JOINED, 2 * SIZE, a, input);
        DeviceArray c = step(JOINED, 3 * SIZE, b, a);
        DeviceArray result = step(EXP, 3 * SIZE, c);
        assertEquals(3 * BYTES, bytes(result));
        assertEquals(3 * BYTES, leastBytes(result));
    }

    @Test
    void whatAConcatenationEndsWithIsThereBesideIt() {
        DeviceArray a = step(EXP, SIZE, input);
        DeviceArray b = step(JOINED, 2 * SIZE, input, a);
        DeviceArray result = step(EXP, 2 * SIZE, b);
        assertEquals(3 * BYTES, bytes(result));
        assertEquals(3 * BYTES, leastBytes(result));
    }

    /** A result has memory from outside, which its first operand was not made in. */
    @Test
    void aResultBeginsWithNothing() {
        DeviceArray a = step(EXP, SIZE, input);
        DeviceArray result = step(JOINED, 2 * SIZE, a, a);
        assertEquals(BYTES, bytes(result));
        assertEquals(BYTES, leastBytes(result));
    }

    @Test
    void anElementByElementStepWritesOverOneOperand() {
        DeviceArray a = step(EXP, SIZE, input);
        DeviceArray b = step(EXP, SIZE, input);
        DeviceArray sum = step(new Primitive.Binary(BinaryFunction.ADD), SIZE, a, b);
        DeviceArray result = step(EXP, SIZE, sum);
        assertEquals(2 * BYTES, bytes(result));
        assertEquals(2 * BYTES, leastBytes(result));
    }
}
