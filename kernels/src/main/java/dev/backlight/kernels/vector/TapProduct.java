package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;
import java.util.function.IntFunction;

/**
 * The product behind a convolution and behind its input gradient:
 * {@code out[n, g·M + m, position] = Σ_{c,t} w_g[m, (c, t)] · image[n, g·C + c, position + tap t]}. Images are padded a few at a
 * time, so that they are still in the cache when they are multiplied.
 *
 * @param parallel divides planes, rows and blocks
 * @param batch images
 * @param groups g
 * @param inputs C, channels of a group
 * @param outputs M, rows of a group's product
 * @param raster the taps
 * @param rows the left operand of each group, columns in the order (c, t)
 */
record TapProduct(
        Parallel parallel, int batch, int groups, int inputs, int outputs, TapRaster raster, PackedRows[] rows) {
    /** Most padded elements held at once, unless one image has more. */
    private static final int IMAGES = 1 << 20;

    /** Where the images are. */
    record Source(float[] data, int at, int plane) {}

    /** Where the output goes: {@code at} is the place of position 0 in the first plane. */
    record Target(Span out, int at, int plane, int rowStep, int columnStep, Epilogue epilogue) {
        TileSink sink(TapRaster raster, int firstPlane, int firstChannel) {
            return new RasterSink(
                    raster.pitch(),
                    raster.rows(),
                    raster.columns(),
                    out,
                    at + firstPlane * plane,
                    plane,
                    rowStep,
                    columnStep,
                    epilogue,
                    firstChannel);
        }

        /** Stores one whole plane of {@code rows × columns} positions. */
        void store(float[] from, int firstPlane, int channel, int rows, int columns) {
            int to = at + (firstPlane + channel) * plane;
            if (columnStep == 1 && rowStep == columns) {
                epilogue.store(from, 0, channel, out.data(), out.at(), to, rows * columns);
                return;
            }
            for (int y = 0; y < rows; y++) {
                for (int x = 0; x < columns; x++) {
                    out.data()[to + y * rowStep + x * columnStep] = from[y * columns + x];
                }
            }
        }
    }

    void run(Source source, Target target) {
        run(source, part -> target.sink(raster, part * outputs, part % groups * outputs));
    }

    /** The same with a sink for each image and group, numbered {@code n·groups + g}. */
    void run(Source source, IntFunction<TileSink> sinks) {
        int channels = groups * inputs;
        int imageSize = channels * raster.channelSize();
        int together = Math.clamp(IMAGES / Math.max(1, imageSize), 1, batch);
        float[] image = Scratch.IMAGE.floats(raster.size(together * channels));
        int[] offsets = raster.offsets(inputs);
        for (int first = 0; first < batch; first += together) {
            int begin = first;
            int images = Math.min(together, batch - first);
            raster.endChannels(image, images * imageSize);
            parallel.forEach(images * channels, i -> {
                int from = source.at() + (begin * channels + i) * source.plane();
                raster.copyChannel(source.data(), from, image, i * raster.channelSize());
            });
            multiply(image, offsets, begin, images, sinks);
        }
    }

    private void multiply(float[] image, int[] offsets, int begin, int images, IntFunction<TileSink> sinks) {
        RowPlan plan = rows[0].plan();
        Blocks blocks =
                new Blocks(plan, Math.ceilDiv(raster.positions(), Lanes.PANEL), images * groups, parallel.threads());
        parallel.forEach(images * groups * blocks.count(), i -> {
            int part = i / blocks.count();
            int group = part % groups;
            PanelSource panels =
                    new RasterPanels(image, part * inputs * raster.channelSize(), offsets, raster.positions());
            TileSink sink = sinks.apply(begin * groups + part);
            blocks.run(i % blocks.count(), rows[group], panels, sink);
        });
    }
}
