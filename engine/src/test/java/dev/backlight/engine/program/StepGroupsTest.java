package dev.backlight.engine.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which neighbours are executed together. */
class StepGroupsTest {
    private static final Primitive EXP = new Primitive.Unary(UnaryFunction.EXP);
    private static final Primitive PRODUCT = new Primitive.Binary(BinaryFunction.MULTIPLY);
    private static final Shape SHAPE = Shape.of(4, 6);

    private final List<Step> steps = new ArrayList<>();
    private final Map<Storage, Integer> places = new HashMap<>();
    private final DeviceArray x = array(SHAPE), y = array(SHAPE);

    private static DeviceArray array(Shape shape) {
        return DeviceArray.placeholder(DType.F32, shape);
    }

    private DeviceArray step(Primitive primitive, DeviceArray... inputs) {
        DeviceArray output = array(SHAPE);
        steps.add(new Step(primitive, List.of(inputs), output));
        return output;
    }

    private void inOnePlace(DeviceArray a, DeviceArray b) {
        places.put(a.storage(), 7);
        places.put(b.storage(), 7);
    }

    private List<Integer> sizes() {
        return new StepGroups(places).of(steps).stream().map(List::size).toList();
    }

    @Test
    void thoseThatReadTheSame() {
        step(PRODUCT, x, y);
        step(EXP, x);
        assertEquals(List.of(2), sizes());
    }

    @Test
    void thoseThatReadWhatAnotherMakes() {
        step(PRODUCT, step(EXP, x), y);
        assertEquals(List.of(2), sizes());
    }

    @Test
    void notThoseThatHaveNothingInCommon() {
        step(EXP, x);
        step(EXP, y);
        assertEquals(List.of(1, 1), sizes());
    }

    @Test
    void notThoseOfOtherShapes() {
        step(EXP, x);
        DeviceArray row = array(Shape.of(1, 6));
        steps.add(new Step(EXP, List.of(new DeviceArray(Shape.of(1, 6), new Buffer(x.storage(), 0, 6))), row));
        assertEquals(List.of(1, 1), sizes());
    }

    @Test
    void notThoseThatMoveOrSum() {
        step(EXP, x);
        step(new Primitive.Slice(AxisList.of(3, 0), AxisList.of(-1, 1)), x);
        step(EXP, x);
        step(new Primitive.Softmax(0, false), x);
        assertEquals(List.of(1, 1, 1, 1), sizes());
    }

    /** Its first row stretches over all rows, of which the last piece has not been made when it is read. */
    @Test
    void notThoseThatReadAPartOfWhatAnotherMakes() {
        DeviceArray made = step(EXP, x);
        step(PRODUCT, x, new DeviceArray(Shape.of(1, 6), new Buffer(made.storage(), 0, 6)));
        assertEquals(List.of(1, 1), sizes());
    }

    @Test
    void thoseThatWriteWhatAnotherHasReadElementByElement() {
        DeviceArray last = step(PRODUCT, step(EXP, x), y);
        inOnePlace(x, last);
        assertEquals(List.of(2), sizes());
    }

    /** The first row is read for each piece, and the second step would have changed it after the first piece. */
    @Test
    void notThoseThatWriteWhatAnotherReadsInPart() {
        DeviceArray row = new DeviceArray(Shape.of(1, 6), new Buffer(x.storage(), 0, 6));
        DeviceArray last = step(PRODUCT, step(PRODUCT, y, row), y);
        inOnePlace(x, last);
        assertEquals(List.of(1, 1), sizes());
    }

    /** As a stack of which the second half is read element by element, and the first half is written. */
    @Test
    void notThoseThatWriteBesideWhatAnotherReads() {
        Storage stack = Storage.placeholder(DType.F32, 2 * SHAPE.elements());
        DeviceArray half = new DeviceArray(SHAPE, new Buffer(stack, SHAPE.elements(), SHAPE.elements()));
        DeviceArray last = step(PRODUCT, step(EXP, half), y);
        inOnePlace(half, last);
        assertEquals(List.of(1, 1), sizes());
    }

    /** The third gets in the way of the first alone: it would write the row that the first reads for each piece. */
    @Test
    void notThoseThatGetInTheWayOfAnyOther() {
        DeviceArray row = new DeviceArray(Shape.of(1, 6), new Buffer(x.storage(), 0, 6));
        DeviceArray last = step(PRODUCT, step(EXP, step(PRODUCT, y, row)), y);
        inOnePlace(x, last);
        assertEquals(List.of(2, 1), sizes());
    }

    @Test
    void thoseThatHaveSomethingInCommonWithAnyOther() {
        DeviceArray made = step(EXP, x);
        step(PRODUCT, made, y);
        step(EXP, x);
        assertEquals(List.of(3), sizes());
    }

    @Test
    void notThoseThatShareOneNumberOnly() {
        DeviceArray number = array(Shape.of(1, 1));
        step(PRODUCT, x, number);
        step(PRODUCT, y, number);
        assertEquals(List.of(1, 1), sizes());
    }

    @Test
    void notThoseOfAnotherType() {
        step(EXP, x);
        DeviceArray wide = DeviceArray.placeholder(DType.F64, SHAPE);
        steps.add(new Step(EXP, List.of(x), wide));
        assertEquals(List.of(1, 1), sizes());
    }

    /** Scales of channels are read for every piece. */
    @Test
    void notThoseThatWriteScalesWhichAnotherReads() {
        DeviceArray scales = array(Shape.of(6)), shifts = array(Shape.of(6));
        DeviceArray scaled = step(new Primitive.ChannelAffine(), x, scales, shifts);
        DeviceArray last = step(PRODUCT, scaled, x);
        assertEquals(List.of(2), sizes());
        inOnePlace(scales, last);
        assertEquals(List.of(1, 1), sizes());
    }

    @Test
    void chainsInBlocksOfChannelsToo() {
        Primitive chain = new Primitive.Nchwc(Primitive.Fused.of(EXP, 1));
        step(PRODUCT, step(chain, x), y);
        step(new Primitive.Nchwc(new Primitive.WindowSum(WindowGeometry.square(1, 1, 0))), x);
        assertEquals(List.of(2, 1), sizes());
    }
}
