package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Products with positions as rows give the bits of products with positions as columns. */
class PositionProductTest {
    private final SplittableRandom random = new SplittableRandom(81);
    private final Parallel parallel = new Parallel(2);

    private void check(int batch, int inputs, int side, int outputs, int window, int stride, int padding) {
        int out = (side + 2 * padding - window) / stride + 1;
        TapRaster raster = new TapRaster(
                TapAxis.forward(side, out, window, stride, 1, padding),
                TapAxis.forward(side, out, window, stride, 1, padding));
        int taps = window * window;
        WeightLayout layout = new WeightLayout(
                1,
                outputs,
                inputs,
                outputs * inputs * taps,
                inputs * taps,
                taps,
                IntStream.range(0, taps).boxed().toList());
        Span w = new Span(GemmTest.values(random, outputs * inputs * taps), 0);
        float[] x = GemmTest.values(random, batch * inputs * side * side);
        Epilogue epilogue = Epilogue.biased(new Span(GemmTest.values(random, outputs), 0));
        var source = new TapProduct.Source(x, 0, side * side);
        float[] across = new float[batch * outputs * out * out];
        float[] down = new float[across.length];
        Arrays.fill(down, Float.NaN);
        PackedRows[] rows = layout.packed(parallel, w);
        new TapProduct(parallel, batch, 1, inputs, outputs, raster, rows)
                .run(source, new TapProduct.Target(new Span(across, 0), 0, out * out, out, 1, epilogue));
        PanelSource panels = new WeightPanels(layout).packed(parallel, w);
        new PositionProduct(parallel, batch, inputs, outputs, raster, panels)
                .run(source, new TapProduct.Target(new Span(down, 0), 0, out * out, out, 1, epilogue));
        assertArrayEquals(across, down);
    }

    @Test
    void agreesBitForBit() {
        check(1, 64, 7, 70, 3, 1, 1);
        check(9, 30, 7, 33, 1, 1, 0);
        check(3, 70, 9, 40, 3, 2, 1);
        check(2, 300, 5, 17, 1, 2, 0);
        check(70, 5, 16, 3, 2, 1, 0);
        parallel.close();
    }

    @Test
    void paysForSmallPlanesWithManyOutputs() {
        assertEquals(true, pays(512, 512, 3));
        assertEquals(true, pays(2048, 512, 1));
        assertEquals(false, pays(512, 128, 1));
        assertEquals(false, pays(128, 32, 3));
    }

    private static boolean pays(int inputs, int outputs, int window) {
        TapAxis axis = TapAxis.forward(7, 7, window, 1, 1, window / 2);
        return PositionProduct.pays(inputs, outputs, new TapRaster(axis, axis));
    }
}
