package dev.backlight.engine.op;

import static dev.backlight.engine.op.Tensors.assertTensor;
import static dev.backlight.engine.op.Tensors.counting;
import static dev.backlight.engine.op.Tensors.tensor;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.op.Resize.Corners;
import dev.backlight.engine.op.Resize.Rounding;
import dev.backlight.engine.shape.Shape;
import org.junit.jupiter.api.Test;

class ResizeTest {
    private static final Tensor ROW = tensor(Shape.of(1, 1, 1, 4), 1, 2, 3, 4);

    @Test
    void nearestAsPyTorchDefinesIt() {
        Tensor x = tensor(Shape.of(1, 1, 1, 3), 10, 20, 30);
        assertTensor(
                Neural.resizeNearest(x, 1, 5, Corners.ASYMMETRIC, Rounding.FLOOR),
                Shape.of(1, 1, 1, 5),
                10,
                10,
                20,
                20,
                30);
        assertTensor(
                Neural.resizeNearest(counting(1, 1, 2, 2), 4, 2, Corners.ASYMMETRIC, Rounding.FLOOR),
                Shape.of(1, 1, 4, 2),
                1,
                2,
                1,
                2,
                3,
                4,
                3,
                4);
    }

    @Test
    void nearestRoundsAsAsked() {
        // Half-pixel sources of 4 → 2 are ½ and 2½: exactly between pixels.
        Shape two = Shape.of(1, 1, 1, 2);
        assertTensor(Neural.resizeNearest(ROW, 1, 2, Corners.HALF_PIXEL, Rounding.PREFER_FLOOR), two, 1, 3);
        assertTensor(Neural.resizeNearest(ROW, 1, 2, Corners.HALF_PIXEL, Rounding.PREFER_CEIL), two, 2, 4);
        assertTensor(Neural.resizeNearest(ROW, 1, 2, Corners.HALF_PIXEL, Rounding.FLOOR), two, 1, 3);
        assertTensor(Neural.resizeNearest(ROW, 1, 2, Corners.HALF_PIXEL, Rounding.CEIL), two, 2, 4);
    }

    @Test
    void bilinearWithHalfPixels() {
        assertTensor(Neural.resizeBilinear(ROW, 1, 2, Corners.HALF_PIXEL), Shape.of(1, 1, 1, 2), 1.5, 3.5);
        Tensor two = tensor(Shape.of(1, 1, 1, 2), 0, 4);
        assertTensor(Neural.resizeBilinear(two, 1, 4, Corners.HALF_PIXEL), Shape.of(1, 1, 1, 4), 0, 1, 3, 4);
    }

    @Test
    void bilinearWithAlignedCorners() {
        assertTensor(Neural.resizeBilinear(ROW, 1, 3, Corners.ALIGN_CORNERS), Shape.of(1, 1, 1, 3), 1, 2.5, 4);
        assertTensor(
                Neural.resizeBilinear(counting(1, 1, 2, 2), 3, 3, Corners.ALIGN_CORNERS),
                Shape.of(1, 1, 3, 3),
                1,
                1.5,
                2,
                2,
                2.5,
                3,
                3,
                3.5,
                4);
        assertTensor(Neural.resizeBilinear(ROW, 1, 1, Corners.ALIGN_CORNERS), Shape.of(1, 1, 1, 1), 1);
    }

    @Test
    void bilinearWithPoints() {
        assertTensor(
                Neural.resizeBilinear(tensor(Shape.of(1, 1, 1, 2), 0, 4), 1, 4, Corners.ASYMMETRIC),
                Shape.of(1, 1, 1, 4),
                0,
                2,
                4,
                4);
    }
}
