package dev.backlight.kernels.vector;

import dev.backlight.kernels.common.Parallel;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Convolution of one plane with one filter, for groups of a single channel, where a register tile would have one row: taps are
 * summed over a vector of positions instead.
 *
 * @param channels planes of an image
 * @param filterSize elements from a channel's filter to the next
 * @param tapIndices for every tap of the raster its place in the filter
 */
record Depthwise(Parallel parallel, int batch, int channels, TapRaster raster, int filterSize, int[] tapIndices) {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;

    void run(TapProduct.Source source, float[] w, int wAt, TapProduct.Target target) {
        int[] offsets = raster.offsets(1);
        parallel.forEach(batch * channels, i -> {
            float[] image = Scratch.PANELS.floats(raster.size(1));
            raster.copyChannel(source.data(), source.at() + i * source.plane(), image, 0);
            raster.endChannels(image, raster.channelSize());
            float[] filter = new float[offsets.length];
            for (int t = 0; t < filter.length; t++) {
                filter[t] = w[wAt + i % channels * filterSize + tapIndices[t]];
            }
            int to = target.at() + i * target.plane();
            for (int y = 0; y < raster.rows(); y++) {
                row(image, y * raster.pitch(), offsets, filter, i % channels, target, to + y * target.rowStep());
            }
        });
    }

    private void row(
            float[] image, int at, int[] offsets, float[] filter, int channel, TapProduct.Target target, int to) {
        int step = target.columnStep();
        float[] line = Scratch.LINES.floats(raster.columns() + S.length());
        for (int x = 0; x < raster.columns(); x += S.length()) {
            FloatVector sum = FloatVector.zero(S);
            for (int t = 0; t < filter.length; t++) {
                FloatVector seen = FloatVector.fromArray(S, image, at + offsets[t] + x);
                sum = seen.fma(FloatVector.broadcast(S, filter[t]), sum);
            }
            sum.intoArray(line, x);
        }
        Span out = target.out();
        if (step == 1) {
            target.epilogue().store(line, 0, channel, out.data(), out.at(), to, raster.columns());
        }
        for (int x = 0; step > 1 && x < raster.columns(); x++) {
            out.data()[to + x * step] = line[x];
        }
    }
}
