package dev.backlight.engine.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.BinaryFunction;
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

/** Which sums become concatenations, and of what. */
class DisjointSumsTest {
    private static final Primitive PLUS_ZERO = new Primitive.Unary(UnaryFunction.AFFINE, 1, 0);
    private static final Primitive SUM = new Primitive.Binary(BinaryFunction.ADD);
    private static final Shape WHOLE = Shape.of(2, 9, 4);

    private final List<Step> steps = new ArrayList<>();
    private final DeviceArray first = array(5), second = array(4);

    private static DeviceArray array(int channels) {
        return DeviceArray.placeholder(DType.F32, WHOLE.with(1, channels));
    }

    private DeviceArray step(Primitive primitive, Shape shape, DeviceArray... inputs) {
        DeviceArray output = DeviceArray.placeholder(inputs[0].dtype(), shape);
        steps.add(new Step(primitive, List.of(inputs), output));
        return output;
    }

    private DeviceArray embedded(DeviceArray part, int start) {
        return embedded(part, AxisList.of(0, start, 0), AxisList.of(1, 1, 1));
    }

    private DeviceArray embedded(DeviceArray part, AxisList start, AxisList step) {
        return step(new Primitive.Embed(start, step), WHOLE, part);
    }

    private DeviceArray sum(DeviceArray a, DeviceArray b) {
        return step(SUM, WHOLE, a, b);
    }

    private List<Step> left(DeviceArray... results) {
        List<DeviceArray> all = List.of(results);
        Set<Storage> kept = LiveSteps.storages(all);
        return LiveSteps.neededBy(all, DisjointSums.rewrite(steps, kept));
    }

    private static List<Primitive> primitives(List<Step> steps) {
        return steps.stream().map(Step::primitive).toList();
    }

    private void assertStays(DeviceArray... results) {
        assertEquals(steps, left(results));
    }

    @Test
    void partsAreJoinedInTheirOrder() {
        DeviceArray result = sum(embedded(second, 5), embedded(first, 0));
        List<Step> left = left(result);
        assertEquals(List.of(PLUS_ZERO, PLUS_ZERO, new Primitive.Concat(1)), primitives(left));
        assertEquals(List.of(first), left.get(0).inputs());
        assertEquals(List.of(second), left.get(1).inputs());
        assertEquals(
                List.of(left.get(0).output(), left.get(1).output()),
                left.getLast().inputs());
        assertEquals(result, left.getLast().output());
    }

    @Test
    void zerosAreAddedOnceToWhatIsJoinedAgain() {
        DeviceArray joined = sum(embedded(first, 0), embedded(second, 5));
        Shape larger = WHOLE.with(1, 12);
        AxisList ones = AxisList.of(1, 1, 1);
        DeviceArray a = step(new Primitive.Embed(AxisList.of(0, 0, 0), ones), larger, joined);
        DeviceArray b = step(new Primitive.Embed(AxisList.of(0, 9, 0), ones), larger, array(3));
        List<Step> left = left(step(SUM, larger, a, b));
        assertEquals(
                List.of(PLUS_ZERO, PLUS_ZERO, new Primitive.Concat(1), PLUS_ZERO, new Primitive.Concat(1)),
                primitives(left));
        assertEquals(joined, left.getLast().inputs().getFirst());
    }

    @Test
    void zerosAreAddedInDoublePrecisionToo() {
        DeviceArray a = embedded(DeviceArray.placeholder(DType.F64, first.shape()), 0);
        DeviceArray b = embedded(DeviceArray.placeholder(DType.F64, second.shape()), 5);
        List<Step> left = left(sum(a, b));
        assertEquals(List.of(PLUS_ZERO, PLUS_ZERO, new Primitive.Concat(1)), primitives(left));
        assertEquals(DType.F64, left.getFirst().output().dtype());
    }

    @Test
    void aResultIsKeptAndJoinedAgain() {
        DeviceArray joined = sum(embedded(first, 0), embedded(second, 5));
        Shape larger = WHOLE.with(1, 12);
        AxisList ones = AxisList.of(1, 1, 1);
        DeviceArray a = step(new Primitive.Embed(AxisList.of(0, 0, 0), ones), larger, joined);
        DeviceArray b = step(new Primitive.Embed(AxisList.of(0, 9, 0), ones), larger, array(3));
        List<Step> left = left(joined, step(SUM, larger, a, b));
        assertEquals(joined, left.get(2).output());
        assertEquals(joined, left.getLast().inputs().getFirst());
    }

    @Test
    void notIntegersWhichHaveNoOperationThatAddsZero() {
        DeviceArray a = embedded(DeviceArray.placeholder(DType.I64, first.shape()), 0);
        DeviceArray b = embedded(DeviceArray.placeholder(DType.I64, second.shape()), 5);
        assertStays(sum(a, b));
    }

    @Test
    void notEmptyParts() {
        assertStays(sum(embedded(array(0), 0), embedded(array(9), 0)));
    }

    @Test
    void notPartsThatOverlapOrLeaveAGap() {
        assertStays(sum(embedded(first, 0), embedded(first, 4)));
        steps.clear();
        assertStays(sum(embedded(second, 0), embedded(second, 5)));
        steps.clear();
        assertStays(sum(embedded(second, 1), embedded(second, 5)));
    }

    @Test
    void notPartsThatAreTurnedRoundOrSpread() {
        AxisList start = AxisList.of(1, 0, 0), step = AxisList.of(-1, 1, 1);
        assertStays(sum(embedded(first, start, step), embedded(second, 5)));
        steps.clear();
        DeviceArray even = embedded(first, AxisList.of(0, 0, 0), AxisList.of(1, 2, 1));
        assertStays(sum(even, embedded(second, AxisList.of(0, 1, 0), AxisList.of(1, 2, 1))));
    }

    @Test
    void notPartsThatAreCutOnTwoAxes() {
        DeviceArray corner = DeviceArray.placeholder(DType.F32, Shape.of(1, 5, 4));
        assertStays(sum(embedded(corner, 0), embedded(second, 5)));
    }

    @Test
    void notWhatOthersReadOrWant() {
        DeviceArray embedded = embedded(first, 0);
        DeviceArray result = sum(embedded, embedded(second, 5));
        assertStays(embedded, result);
        DeviceArray other = step(PLUS_ZERO, WHOLE, embedded);
        assertStays(result, other);
    }

    @Test
    void notWhatIsAddedToAnythingElse() {
        assertStays(sum(embedded(first, 0), array(9)));
    }

    @Test
    void notDifferences() {
        DeviceArray a = embedded(first, 0), b = embedded(second, 5);
        assertStays(step(new Primitive.Binary(BinaryFunction.SUBTRACT), WHOLE, a, b));
    }
}
