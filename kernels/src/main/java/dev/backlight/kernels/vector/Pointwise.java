package dev.backlight.kernels.vector;

import org.jspecify.annotations.Nullable;

/**
 * A product of one matrix per group with every image's planes, without padding: the 1×1 convolution and its input gradient.
 * {@code out[n, g·M + m, p] = Σ_c w_g[m, c] · source[n, g·C + c, p]}
 */
record Pointwise(Parallel parallel, int batch, int groups, int inputs, int outputs, int plane, PackedRows[] rows) {
    void run(float[] source, int sourceAt, float[] out, int outAt, float @Nullable [] bias, int biasAt) {
        RowPlan plan = rows[0].plan();
        Blocks blocks = new Blocks(plan.tiles(), Math.ceilDiv(plane, Lanes.PANEL), plan);
        parallel.forEach(batch * groups * blocks.count(), i -> {
            int part = i / blocks.count();
            int group = part % groups;
            PanelSource panels = new PackedPanels(inputs, plane, source, sourceAt + part * inputs * plane, plane, 1);
            TileSink sink = new RasterSink(
                    plane,
                    1,
                    plane,
                    out,
                    outAt + part * outputs * plane,
                    plane,
                    plane,
                    1,
                    bias,
                    biasAt + group * outputs);
            blocks.run(i % blocks.count(), rows[group], panels, sink);
        });
    }
}
