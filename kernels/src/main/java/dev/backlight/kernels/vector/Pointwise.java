package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;

/**
 * A product of one matrix per group with every image's planes, without padding: the 1×1 convolution and its input gradient.
 * {@code out[n, g·M + m, p] = Σ_c w_g[m, c] · source[n, g·C + c, p]}
 */
record Pointwise(Parallel parallel, int batch, int groups, int inputs, int outputs, int plane, PackedRows[] rows) {
    void run(Span source, Span out, Epilogue epilogue) {
        RowPlan plan = rows[0].plan();
        Blocks blocks = new Blocks(plan, Math.ceilDiv(plane, Lanes.PANEL), batch * groups, parallel.threads());
        parallel.forEach(batch * groups * blocks.count(), i -> {
            int part = i / blocks.count();
            int group = part % groups;
            int from = source.at() + part * inputs * plane;
            PanelSource panels = new CopiedPanels(inputs, plane, Matrix.rowMajor(source.data(), from, plane));
            int to = out.at() + part * outputs * plane;
            TileSink sink = new RasterSink(plane, 1, plane, out, to, plane, plane, 1, epilogue, group * outputs);
            blocks.run(i % blocks.count(), rows[group], panels, sink);
        });
    }
}
