package dev.backlight.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.shape.DType;
import dev.backlight.kernels.cuda.ProductPlan.Sizes;
import org.junit.jupiter.api.Test;

class ProductPlanTest {
    private static final int H100 = 132;

    @Test
    void fillsTheDeviceWithTheLargestTileWhereThereIsWorkEnough() {
        Sizes vgg = convolution(512, 64 * 14 * 14, 512 * 9);
        assertEquals(new ProductPlan(ProductTile.F32_128X128, 1), plan(vgg, Precision.F32));
    }

    @Test
    void splitsLongSumsOfFewResults() {
        Sizes lastStage = convolution(512, 7 * 7, 512 * 9);
        ProductPlan plan = plan(lastStage, Precision.F32);
        assertTrue(plan.splits() > 1, plan.toString());
        assertTrue(plan.blocks(lastStage) >= H100, plan.toString());
    }

    @Test
    void takesLowTilesForFewRows() {
        Sizes growth = convolution(32, 64 * 28 * 28, 128 * 9);
        assertEquals(32, plan(growth, Precision.F32).tile().rows());
    }

    @Test
    void keepsPartsWithinTheWorkspace() {
        Sizes weights = convolution(4096, 6000, 100_000);
        assertTrue(plan(weights, Precision.F32).splits() * weights.bytes() <= 256L << 20);
    }

    @Test
    void takesTensorCoresWhereTheyAreAskedFor() {
        Sizes vgg = convolution(512, 64 * 14 * 14, 512 * 9);
        assertTrue(plan(vgg, Precision.TF32).tile().isTensor());
    }

    private static Sizes convolution(int rows, int columns, int terms) {
        return new Sizes(rows, columns, terms, 1, 4L * rows * columns);
    }

    private static ProductPlan plan(Sizes sizes, Precision precision) {
        return ProductPlan.choose(sizes, ProductTile.of(DType.F32, precision), H100);
    }
}
