package dev.backlight.engine.program;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Drops slices that are one piece of their operand's memory, such as the gradients of what a concatenation has joined: who read
 * them reads that part of the operand. The operand stays for as long as they would have; so a slice of less than half of it is
 * dropped only if something else keeps the operand as long.
 */
final class Views {
    private final List<Step> steps;
    private final Set<Storage> results;
    private final Uses uses;

    /** After which step nobody needs a storage any more, slices dropped so far included. */
    private final Map<Storage, Integer> ends = new HashMap<>();

    /** Where the numbers of a dropped slice are. */
    private final Map<Storage, DeviceArray> views = new HashMap<>();

    private Views(List<Step> steps, Set<Storage> results) {
        this.steps = steps;
        this.results = results;
        this.uses = new Uses(steps);
    }

    /** The steps without such slices, except those that are among the results. */
    static List<Step> insteadOfSlices(List<Step> steps, Set<Storage> results) {
        Views views = new Views(steps, results);
        views.drop(true);
        views.drop(false);
        return views.left();
    }

    private void drop(boolean areLarge) {
        for (Step step : steps.reversed()) {
            if (!isPiece(step)) {
                continue;
            }
            DeviceArray whole = step.inputs().getFirst();
            boolean isLarge =
                    2 * step.output().shape().elements() >= whole.shape().elements();
            if (isLarge == areLarge && (isLarge || end(step.result()) <= end(whole.storage()))) {
                ends.merge(whole.storage(), end(step.result()), Math::max);
                views.put(step.result(), part(step));
            }
        }
    }

    private int end(Storage storage) {
        List<Integer> readers = uses.readers(storage);
        int last = readers.isEmpty() ? uses.maker(storage) : readers.getLast();
        return Math.max(last, ends.getOrDefault(storage, -1));
    }

    /** Whether the step cuts one piece out of memory that a step of the list makes. */
    private boolean isPiece(Step step) {
        if (!(step.primitive() instanceof Primitive.Slice slice) || results.contains(step.result())) {
            return false;
        }
        DeviceArray whole = step.inputs().getFirst();
        boolean isIntermediate = uses.maker(whole.storage()) >= 0 && !results.contains(whole.storage());
        return isIntermediate && isOnePiece(slice.step(), step.output().shape(), whole.shape());
    }

    /** Whether only one axis is cut, without gaps, those before it have one element, and no axis is turned round. */
    private static boolean isOnePiece(AxisList step, Shape part, Shape whole) {
        int axis = 0;
        while (axis < part.rank() && part.size(axis) == 1) {
            axis++;
        }
        boolean isDense = axis == part.rank() || step.get(axis) == 1;
        for (int inner = axis + 1; inner < part.rank(); inner++) {
            boolean isWhole = part.size(inner) == whole.size(inner);
            isDense &= isWhole && (step.get(inner) == 1 || part.size(inner) == 1);
        }
        return isDense && part.elements() > 0;
    }

    /** Where the numbers of a slice are in its operand. */
    private static DeviceArray part(Step step) {
        DeviceArray whole = step.inputs().getFirst();
        AxisList start = ((Primitive.Slice) step.primitive()).start();
        Shape shape = step.output().shape();
        long[] strides = whole.shape().strides();
        long offset = whole.buffer().offset();
        for (int axis = 0; axis < strides.length; axis++) {
            offset += start.get(axis) * strides[axis];
        }
        return new DeviceArray(shape, new Buffer(whole.storage(), offset, shape.elements()));
    }

    private List<Step> left() {
        List<Step> left = new ArrayList<>();
        for (Step step : steps) {
            if (!views.containsKey(step.result())) {
                List<DeviceArray> inputs =
                        step.inputs().stream().map(this::seen).toList();
                left.add(new Step(step.primitive(), inputs, step.output()));
            }
        }
        return left;
    }

    /** The array, or where its numbers are now; slices of slices are followed to the end. */
    private DeviceArray seen(DeviceArray array) {
        DeviceArray now = array;
        for (DeviceArray view = views.get(now.storage()); view != null; view = views.get(now.storage())) {
            Buffer within = now.buffer(), of = view.buffer();
            long offset = of.offset() + within.offset();
            now = new DeviceArray(now.shape(), new Buffer(of.storage(), offset, within.length()));
        }
        return now;
    }
}
