package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.Optional;

/**
 * {@link Convolution} of images in channel blocks, {@code C/L×N×H×W×L}, with one group and as many channels on either side as
 * whole blocks hold. Choices and bits are those of the plain layout.
 */
final class NchwcConvolution {
    private static final int L = Lanes.FLOAT.length();

    /** Most padded elements held at once, unless one image has more. */
    private static final int IMAGES = 1 << 20;

    private final Parallel parallel;

    NchwcConvolution(Parallel parallel) {
        this.parallel = parallel;
    }

    /** Whether x may be a plain image of a few channels: the first convolution of a network. */
    static boolean takesPlain(ConvolutionShape s) {
        return s.channels() < L && isPaddable(s);
    }

    /** Whether one image of x, padded and filled up to whole blocks, is no more than a Java array holds. */
    static boolean isPaddable(ConvolutionShape s) {
        return NchwcRaster.fitsAnArray(Convolution.forwardRaster(s), s.channels());
    }

    /** The same of u, for each of the products that the input gradient is made of. */
    static boolean isGradientPaddable(ConvolutionShape s) {
        for (int y = 0; y < Math.min(s.window().strideY(), s.height()); y++) {
            for (int x = 0; x < Math.min(s.window().strideX(), s.width()); x++) {
                if (!NchwcRaster.fitsAnArray(Convolution.adjointRaster(s, y, x), s.filters())) {
                    return false;
                }
            }
        }
        return true;
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
                y, y.at(), s.outPlane() * L, s.batch() * s.outPlane() * L, s.outWidth() * L, L, epilogue);
        NchwcProduct product = product(s.batch(), WeightLayout.forward(s), w);
        if (s.channels() < L) {
            overPadded(product, Convolution.forwardRaster(s), x, s.plane(), target);
        } else if (s.isPointwise()) {
            var source = inPlace(x, s.batch(), s.channels(), s.height(), s.width());
            product.run(source, s.height(), s.width(), target);
        } else {
            overPadded(product, Convolution.forwardRaster(s), x, s.plane(), target);
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
        StridePhases.Phase phase = (y, x, epilogue) -> phase(s, u, w, new NchwcEpilogue(epilogue), dx, y, x);
        new StridePhases(parallel, s, L).run(dx, steps, phase, new NchwcEpilogue(steps)::store);
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
                s.plane() * L,
                s.batch() * s.plane() * L,
                g.strideY() * s.width() * L,
                g.strideX() * L,
                epilogue);
        WeightLayout layout = WeightLayout.adjoint(s, raster.tapIndices(g.width()));
        NchwcProduct product = product(s.batch(), layout, w);
        if (raster.isTheImage(s.outHeight(), s.outWidth())) {
            var source = inPlace(u, s.batch(), s.filters(), s.outHeight(), s.outWidth());
            product.run(source, raster.rows(), raster.columns(), target);
        } else {
            overPadded(product, raster, u, s.outPlane(), target);
        }
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

    private static NchwcProduct.Source inPlace(Span x, int batch, int channels, int height, int width) {
        int plane = height * width;
        int[] offsets = NchwcRaster.offsets(channels, batch * plane, new int[] {0});
        return new NchwcProduct.Source(x.data(), x.at(), plane * L, width * L, offsets);
    }

    /**
     * Pads images, and splits them into the phases of the stride, a few at a time, so that they are multiplied in the cache; where
     * each thread has as many, it pads and multiplies its own.
     */
    private void overPadded(NchwcProduct product, TapRaster raster, Span x, int plane, NchwcProduct.Target target) {
        NchwcRaster images = new NchwcRaster(parallel, raster, product.inputs());
        int batch = product.batch();
        if (batch > 0 && batch % parallel.threads() == 0) {
            parallel.forEach(batch, n -> overPadded(product, images, x, plane, n, 1, target));
            return;
        }
        int together = Math.clamp(IMAGES / Math.max(1, images.imageSize()), 1, Math.max(1, batch));
        for (int first = 0; first < batch; first += together) {
            overPadded(product, images, x, plane, first, Math.min(together, batch - first), target);
        }
    }

    private static void overPadded(
            NchwcProduct product,
            NchwcRaster images,
            Span x,
            int plane,
            int first,
            int count,
            NchwcProduct.Target target) {
        TapRaster raster = images.raster();
        float[] padded = Scratch.IMAGE.floats(images.size(count));
        images.pad(x, plane, product.batch(), first, count, padded);
        var source = new NchwcProduct.Source(padded, 0, images.imageSize(), raster.pitch() * L, images.offsets());
        product.of(count).run(source, raster.rows(), raster.columns(), target.from(first));
    }
}
