package dev.backlight.engine.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.backend.AxisList;
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

/** Which slices are dropped, and what is read instead. */
class ViewsTest {
    private static final Primitive EXP = new Primitive.Unary(UnaryFunction.EXP);
    private static final Primitive SUM = new Primitive.Binary(BinaryFunction.ADD);

    private final List<Step> steps = new ArrayList<>();
    private final DeviceArray input = array(Shape.of(8, 6));
    private final DeviceArray whole = step(EXP, Shape.of(8, 6), input);

    private static DeviceArray array(Shape shape) {
        return new DeviceArray(
                shape, new Buffer(Storage.placeholder(DType.F32, shape.elements()), 0, shape.elements()));
    }

    private DeviceArray step(Primitive primitive, Shape shape, DeviceArray... inputs) {
        DeviceArray output = array(shape);
        steps.add(new Step(primitive, List.of(inputs), output));
        return output;
    }

    private DeviceArray slice(DeviceArray of, Shape shape, AxisList start, AxisList step) {
        return step(new Primitive.Slice(start, step), shape, of);
    }

    private DeviceArray rows(DeviceArray of, int start, int count) {
        return slice(of, of.shape().with(0, count), AxisList.of(start, 0), AxisList.of(1, 1));
    }

    /** The steps that are left for these results, the last of which reads what was cut. */
    private List<Step> left(DeviceArray... results) {
        return Views.insteadOfSlices(steps, Set.copyOf(LiveSteps.storages(List.of(results))));
    }

    private static Buffer buffer(DeviceArray of, int offset, int length) {
        return new Buffer(of.storage(), offset, length);
    }

    @Test
    void mostOfTheRowsAreReadWhereTheyAre() {
        DeviceArray result = step(EXP, Shape.of(5, 6), rows(whole, 2, 5));
        List<Step> left = left(result);
        assertEquals(2, left.size());
        assertEquals(buffer(whole, 12, 30), left.getLast().inputs().getFirst().buffer());
        assertEquals(Shape.of(5, 6), left.getLast().inputs().getFirst().shape());
    }

    @Test
    void rowsOfRowsAreFollowedToTheEnd() {
        DeviceArray result = step(EXP, Shape.of(4, 6), rows(rows(whole, 2, 6), 1, 4));
        List<Step> left = left(result);
        assertEquals(buffer(whole, 18, 24), left.getLast().inputs().getFirst().buffer());
    }

    @Test
    void aFewRowsAreCopiedRatherThanAllKept() {
        DeviceArray result = step(EXP, Shape.of(3, 6), rows(whole, 0, 3));
        assertEquals(steps, left(result));
    }

    @Test
    void aFewRowsAreReadWhereTheOthersAreKeptAsLong() {
        DeviceArray few = rows(whole, 5, 3), others = rows(whole, 0, 5);
        DeviceArray first = step(EXP, Shape.of(3, 6), few);
        DeviceArray second = step(EXP, Shape.of(5, 6), others);
        List<Step> left = left(first, second);
        assertEquals(3, left.size());
        assertEquals(buffer(whole, 30, 18), left.get(1).inputs().getFirst().buffer());
    }

    @Test
    void whatIsNoPieceOfMemoryIsCopied() {
        DeviceArray columns = slice(whole, Shape.of(8, 5), AxisList.of(0, 0), AxisList.of(1, 1));
        DeviceArray everyOther = slice(whole, Shape.of(4, 6), AxisList.of(0, 0), AxisList.of(2, 1));
        DeviceArray result = step(EXP, Shape.of(8, 5), columns);
        assertEquals(steps, left(result, step(EXP, Shape.of(4, 6), everyOther)));
    }

    @Test
    void whatIsTurnedRoundIsCopied() {
        DeviceArray columns = slice(whole, Shape.of(8, 6), AxisList.of(0, 5), AxisList.of(1, -1));
        DeviceArray rows = slice(whole, Shape.of(8, 6), AxisList.of(7, 0), AxisList.of(-1, 1));
        DeviceArray part = slice(whole, Shape.of(1, 4), AxisList.of(2, 4), AxisList.of(1, -1));
        DeviceArray sum = step(SUM, Shape.of(8, 6), columns, rows);
        assertEquals(steps, left(sum, step(EXP, Shape.of(1, 4), part)));
    }

    /** The step along an axis with one element is of no account. */
    @Test
    void aColumnOfOneElementIsNotTurnedRound() {
        DeviceArray column = step(EXP, Shape.of(8, 1), array(Shape.of(8, 1)));
        DeviceArray cut = slice(column, Shape.of(6, 1), AxisList.of(1, 0), AxisList.of(1, -1));
        List<Step> left = left(step(EXP, Shape.of(6, 1), cut));
        assertEquals(buffer(column, 1, 6), left.getLast().inputs().getFirst().buffer());
    }

    @Test
    void aPieceOfOneRowIsOneOfMemory() {
        DeviceArray cut = slice(rows(whole, 3, 1), Shape.of(1, 4), AxisList.of(0, 1), AxisList.of(1, 1));
        DeviceArray sum = step(SUM, Shape.of(8, 6), whole, cut);
        Step last = left(sum).getLast();
        assertEquals(
                List.of(whole.buffer(), buffer(whole, 19, 4)),
                last.inputs().stream().map(DeviceArray::buffer).toList());
    }

    @Test
    void resultsAreMadeAndThoseOfOthersAreNotReadInPart() {
        DeviceArray result = rows(whole, 0, 6);
        assertEquals(steps, left(result));
        DeviceArray second = step(EXP, Shape.of(6, 6), result);
        assertEquals(steps, left(whole, second));
    }

    @Test
    void partsOfInputsAreCopied() {
        DeviceArray result = step(EXP, Shape.of(6, 6), rows(input, 0, 6));
        assertEquals(steps, left(result, whole));
    }
}
