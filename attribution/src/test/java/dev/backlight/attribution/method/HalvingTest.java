package dev.backlight.attribution.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.nn.Identity;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HalvingTest {
    private static final Backend BACKEND = new ReferenceBackend();

    /** Twice the image, on a device that holds so many of them. */
    private record Roomy(int room, List<Integer> batches) implements Attributor {
        @Override
        public String name() {
            return "double";
        }

        @Override
        public Attribution attribute(Question question, Progress progress) {
            if (question.size() > room) {
                throw new DeviceMemoryException("no room", new OutOfMemoryError());
            }
            batches.add(question.size());
            progress.update(1, 1);
            return new Attribution(Ops.mul(question.input(), 2), true, new double[] {question.size(), 1});
        }
    }

    private static Question question(int images) {
        Tensor input =
                Tensor.random(BACKEND, DType.F32, Shape.of(images, 3, 4, 4), Primitive.Distribution.NORMAL, images);
        return new Question(new Identity(), input, new int[images]);
    }

    @Test
    void aBatchTooLargeIsHalvedUntilItFits() {
        List<Integer> batches = new ArrayList<>();
        List<Double> progress = new ArrayList<>();
        Question question = question(7);
        Attribution attribution = new Halving(new Roomy(2, batches))
                .attribute(question, (done, total) -> progress.add((double) done / total));
        assertEquals(List.of(1, 2, 2, 2), batches);
        assertArrayEquals(
                Ops.mul(question.input(), 2).toFloats(), attribution.values().toFloats());
        assertArrayEquals(new double[] {7, 4}, attribution.trace());
        assertEquals(progress.stream().sorted().toList(), progress);
        assertEquals(1, progress.getLast());
    }

    @Test
    void aSingleImageThatDoesNotFitIsTheCallersBusiness() {
        Halving halving = new Halving(new Roomy(0, new ArrayList<>()));
        assertThrows(DeviceMemoryException.class, () -> halving.attribute(question(3)));
    }
}
