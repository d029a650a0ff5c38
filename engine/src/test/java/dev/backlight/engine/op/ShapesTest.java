package dev.backlight.engine.op;

import static dev.backlight.engine.op.Tensors.assertTensor;
import static dev.backlight.engine.op.Tensors.counting;
import static dev.backlight.engine.op.Tensors.indices;
import static dev.backlight.engine.op.Tensors.irregular;
import static dev.backlight.engine.op.Tensors.vector;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Shapes.Border;
import dev.backlight.engine.shape.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapesTest {
    @Test
    void padding() {
        Tensor x = vector(1, 2, 3);
        int[] two = {2};
        int[] one = {1};
        assertTensor(Shapes.pad(x, two, one, 0), Shape.of(6), 0, 0, 1, 2, 3, 0);
        double low = Double.NEGATIVE_INFINITY;
        assertTensor(Shapes.pad(x, two, one, low), Shape.of(6), low, low, 1, 2, 3, low);
        assertTensor(Shapes.pad(x, two, one, Border.REFLECT), Shape.of(6), 3, 2, 1, 2, 3, 2);
        assertTensor(Shapes.pad(x, two, one, Border.EDGE), Shape.of(6), 1, 1, 1, 2, 3, 3);
    }

    @Test
    void reflectionOnTwoAxes() {
        Tensor padded = Shapes.pad(counting(2, 3), new int[] {1, 0}, new int[] {0, 2}, Border.REFLECT);
        assertTensor(padded, Shape.of(3, 5), 4, 5, 6, 5, 4, 1, 2, 3, 2, 1, 4, 5, 6, 5, 4);
    }

    @Test
    void reshaping() {
        Tensor x = counting(2, 3, 4);
        assertEquals(Shape.of(4, 6), Shapes.reshape(x, -1, 6).shape());
        assertEquals(Shape.of(2, 12), Shapes.flatten(x, 1).shape());
        assertEquals(Shape.of(24), Shapes.flatten(x, 0).shape());
        assertEquals(Shape.of(2, 3, 4, 1), Shapes.flatten(x, 3).shape());
        assertEquals(Shape.of(2, 3, 1, 4), Shapes.unsqueeze(x, 2).shape());
        assertEquals(Shape.of(3, 4), Shapes.squeeze(Ops.slice(x, 0, 0, 1), 0).shape());
    }

    @Test
    void joiningAndCutting() {
        Tensor a = counting(2, 1);
        Tensor b = Ops.mul(counting(2, 2), 10);
        assertTensor(Shapes.concat(1, a, b), Shape.of(2, 3), 1, 10, 20, 2, 30, 40);
        assertTensor(Shapes.stack(-1, vector(1, 2), vector(3, 4)), Shape.of(2, 2), 1, 3, 2, 4);
        List<Tensor> parts = Shapes.split(counting(2, 3), 1, 1, 2);
        assertTensor(parts.get(0), Shape.of(2, 1), 1, 4);
        assertTensor(parts.get(1), Shape.of(2, 2), 2, 3, 5, 6);
    }

    @Test
    void slicing() {
        Tensor x = vector(0, 1, 2, 3, 4, 5);
        assertTensor(Ops.slice(x, 0, 1, 6, 2), Shape.of(3), 1, 3, 5);
        assertTensor(Ops.slice(x, 0, 5, -1, -2), Shape.of(3), 5, 3, 1);
        assertTensor(Ops.slice(x, 0, 3, 3), Shape.of(0));
        assertTensor(Shapes.flip(counting(2, 2), 1), Shape.of(2, 2), 2, 1, 4, 3);
    }

    @Test
    void tiling() {
        assertTensor(Shapes.tile(counting(1, 2), 2, 2), Shape.of(2, 4), 1, 2, 1, 2, 1, 2, 1, 2);
    }

    @Test
    void indexing() {
        Tensor x = counting(2, 3);
        assertTensor(Shapes.take(x, 1, indices(Shape.of(2, 1), 2, 0)), Shape.of(2, 2, 1), 3, 1, 6, 4);
        assertTensor(Shapes.take(x, 0, indices(Shape.scalar(), 1)), Shape.of(3), 4, 5, 6);
        assertTensor(Shapes.gather(x, 1, indices(Shape.of(2, 2), 2, 2, 0, 1)), Shape.of(2, 2), 3, 3, 4, 5);
        assertTensor(
                Shapes.scatterAdd(x, 1, indices(Shape.of(2, 2), 2, 2, 0, 1), counting(2, 2)),
                Shape.of(2, 3),
                1,
                2,
                6,
                7,
                9,
                6);
    }

    @Test
    void productsOfStacksMatchLoops() {
        Tensor a = irregular(2, 1, 3, 4);
        Tensor b = irregular(5, 4, 2);
        Tensor product = Ops.matmul(a, b);
        assertEquals(Shape.of(2, 5, 3, 2), product.shape());
        double[] left = a.toDoubles();
        double[] right = b.toDoubles();
        double[] found = product.toDoubles();
        for (int i = 0; i < found.length; i++) {
            double sum = 0;
            for (int k = 0; k < 4; k++) {
                sum += left[i / 30 * 12 + i / 2 % 3 * 4 + k] * right[i / 6 % 5 * 8 + k * 2 + i % 2];
            }
            assertEquals(sum, found[i], 1e-12);
        }
    }

    @Test
    void linearOfStacks() {
        Tensor x = counting(1, 2, 2);
        Tensor w = counting(3, 2);
        assertTensor(Ops.linear(x, w, vector(100, 200, 300)), Shape.of(1, 2, 3), 105, 211, 317, 111, 225, 339);
    }
}
