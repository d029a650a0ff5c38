package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.WindowGeometry;
import java.util.Arrays;
import java.util.Optional;

/**
 * {@link Convolution} of images in channel blocks, {@code N×C/L×H×W×L}, with one group and as many channels on either side as
 * whole blocks hold. Choices and bits are those of the plain layout.
 */
final class NchwcConvolution {
    private static final int L = Lanes.FLOAT.length();

    /** Positions whose channels are brought side by side at once. */
    private static final int INTERLEAVED = 512;

    private final Parallel parallel;

    NchwcConvolution(Parallel parallel) {
        this.parallel = parallel;
    }

    /** Whether x may be a plain image of a few channels: the first convolution of a network. */
    static boolean takesPlain(ConvolutionShape s) {
        return s.channels() < L && WinogradChoice.forward(s).isEmpty();
    }

    /** y = x ⋆ w, put through an epilogue; x is plain where {@link #takesPlain} allows it and it has less than a block. */
    void forward(ConvolutionShape s, Span x, Span w, Epilogue steps, Span y) {
        NchwcEpilogue epilogue = new NchwcEpilogue(steps);
        Optional<WinogradTile> tile = WinogradChoice.forward(s);
        if (tile.isPresent()) {
            minimal(Winograd.Sizes.forward(s), tile.get(), WeightLayout.forward(s), x, w, epilogue, y);
            return;
        }
        var target = new NchwcProduct.Target(
                y, y.at(), s.filters() * s.outPlane(), s.outPlane() * L, s.outWidth() * L, L, epilogue);
        NchwcProduct product = product(s.batch(), WeightLayout.forward(s), w);
        if (s.channels() < L) {
            TapRaster raster = Convolution.forwardRaster(s);
            product.run(paddedPlain(raster, x, s), raster.rows(), raster.columns(), target);
        } else if (s.isPointwise()) {
            product.run(inPlace(x, s.channels(), s.height(), s.width()), s.height(), s.width(), target);
        } else {
            TapRaster raster = Convolution.forwardRaster(s);
            product.run(padded(raster, x, s.batch(), s.channels(), s.plane()), raster.rows(), raster.columns(), target);
        }
    }

    /** The gradient with respect to x, given the gradient u with respect to y, put through an epilogue. */
    void inputGradient(ConvolutionShape s, Span u, Span w, Epilogue steps, Span dx) {
        Optional<WinogradTile> tile = WinogradChoice.adjoint(s);
        if (tile.isPresent()) {
            WeightLayout turned = WeightLayout.adjoint(s, new int[] {8, 7, 6, 5, 4, 3, 2, 1, 0});
            minimal(Winograd.Sizes.adjoint(s), tile.get(), turned, u, w, new NchwcEpilogue(steps), dx);
            return;
        }
        WindowGeometry g = s.window();
        boolean inOnePass = g.strideY() == 1 && g.strideX() == 1;
        int blocks = s.batch() * s.channels() / L;
        if (!inOnePass) {
            parallel.forEach(blocks, i -> {
                int from = dx.at() + i * s.plane() * L;
                Arrays.fill(dx.data(), from, from + s.plane() * L, 0);
            });
        }
        NchwcEpilogue epilogue = new NchwcEpilogue(steps);
        for (int y = 0; y < Math.min(g.strideY(), s.height()); y++) {
            for (int x = 0; x < Math.min(g.strideX(), s.width()); x++) {
                phase(s, u, w, inOnePass ? epilogue : new NchwcEpilogue(Epilogue.NONE), dx, y, x);
            }
        }
        if (!inOnePass && !steps.equals(Epilogue.NONE)) {
            parallel.forEach(blocks, i -> {
                int at = dx.at() + i * s.plane() * L;
                epilogue.store(dx.data(), at, i * L % s.channels(), dx.data(), dx.at(), at, s.plane());
            });
        }
    }

    /** The gradient of the elements at rows y, y + strideY, … and columns x, x + strideX, …. */
    private void phase(ConvolutionShape s, Span u, Span w, NchwcEpilogue epilogue, Span dx, int y, int x) {
        TapRaster raster = Convolution.adjointRaster(s, y, x);
        if (raster.taps() == 0) {
            return;
        }
        WindowGeometry g = s.window();
        var target = new NchwcProduct.Target(
                dx,
                dx.at() + (y * s.width() + x) * L,
                s.channels() * s.plane(),
                s.plane() * L,
                g.strideY() * s.width() * L,
                g.strideX() * L,
                epilogue);
        WeightLayout layout = WeightLayout.adjoint(s, raster.tapIndices(g.width()));
        NchwcProduct product = product(s.batch(), layout, w);
        NchwcProduct.Source source = raster.isTheImage(s.outHeight(), s.outWidth())
                ? inPlace(u, s.filters(), s.outHeight(), s.outWidth())
                : padded(raster, u, s.batch(), s.filters(), s.outPlane());
        product.run(source, raster.rows(), raster.columns(), target);
    }

    private void minimal(
            Winograd.Sizes sizes,
            WinogradTile tile,
            WeightLayout layout,
            Span x,
            Span w,
            NchwcEpilogue epilogue,
            Span y) {
        float[] weights = new NchwcWinogradWeights(tile, layout).packed(parallel, w);
        new NchwcWinograd(parallel, sizes, tile, weights).run(x, y, epilogue);
    }

    private NchwcProduct product(int batch, WeightLayout layout, Span w) {
        float[] panels = new WeightPanels(layout).data(parallel, w);
        return new NchwcProduct(parallel, batch, layout.channels(), layout.rows(), panels);
    }

    private static NchwcProduct.Source inPlace(Span x, int channels, int height, int width) {
        int plane = height * width;
        return new NchwcProduct.Source(
                x.data(), x.at(), channels * plane, width * L, offsets(channels, plane, new int[] {0}));
    }

    /** The images padded, and split into the phases of the stride. */
    private NchwcProduct.Source padded(TapRaster raster, Span x, int batch, int channels, int plane) {
        int size = raster.channelSize();
        int blocks = batch * channels / L;
        float[] image = Scratch.IMAGE.floats(raster.size(blocks) * L);
        Arrays.fill(image, blocks * size * L, raster.size(blocks) * L, 0);
        parallel.forEach(blocks, i -> raster.copyChannel(x.data(), x.at() + i * plane * L, image, i * size * L, L));
        return new NchwcProduct.Source(
                image, 0, channels * size, raster.pitch() * L, offsets(channels, size, raster.offsets(1)));
    }

    /** The same of plain images, whose few channels become the first of a block; the others are never read. */
    private NchwcProduct.Source paddedPlain(TapRaster raster, Span x, ConvolutionShape s) {
        int size = raster.channelSize();
        float[] planes = Scratch.PARTIALS.floats(raster.size(s.batch() * s.channels()));
        float[] image = Scratch.IMAGE.floats(raster.size(s.batch()) * L);
        parallel.forEach(
                s.batch() * s.channels(), i -> raster.copyChannel(x.data(), x.at() + i * s.plane(), planes, i * size));
        int pieces = Math.ceilDiv(size, INTERLEAVED);
        parallel.forEach(s.batch() * pieces, i -> {
            int first = i % pieces * INTERLEAVED, end = Math.min(size, first + INTERLEAVED);
            for (int c = 0; c < s.channels(); c++) {
                int from = (i / pieces * s.channels() + c) * size;
                for (int position = first; position < end; position++) {
                    image[(i / pieces * size + position) * L + c] = planes[from + position];
                }
            }
        });
        Arrays.fill(image, s.batch() * size * L, raster.size(s.batch()) * L, 0);
        return new NchwcProduct.Source(
                image, 0, size * L, raster.pitch() * L, offsets(s.channels(), size, raster.offsets(1)));
    }

    /** Where channel c and tap t are, in the order of the weights: c, then t. */
    private static int[] offsets(int channels, int plane, int[] taps) {
        int[] offsets = new int[channels * taps.length];
        for (int k = 0; k < offsets.length; k++) {
            int c = k / taps.length;
            offsets[k] = (c / L * plane + taps[k % taps.length]) * L + c % L;
        }
        return offsets;
    }
}
