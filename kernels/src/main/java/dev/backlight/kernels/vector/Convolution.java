package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Convolution (cross-correlation, as neural networks mean it) in single precision, and its gradients. Nothing is unfolded:
 * images are padded once and the register tile finds each filter tap by its displacement. Where it pays, 3×3 windows are
 * computed by minimal filtering instead, whose rounding error is larger; see {@link Winograd} for its bound.
 */
public final class Convolution {
    private final Parallel parallel;

    public Convolution(Parallel parallel) {
        this.parallel = parallel;
    }

    /** y = x ⋆ w (+ bias per filter). */
    public void forward(ConvolutionShape s, Span x, Span w, @Nullable Span bias, Span y) {
        forward(s, x, w, Epilogue.biased(bias), y);
    }

    /** y = x ⋆ w, put through an epilogue. */
    public void forward(ConvolutionShape s, Span x, Span w, Epilogue epilogue, Span y) {
        TapRaster raster = forwardRaster(s);
        var source = new TapProduct.Source(x.data(), x.at(), s.plane());
        var target = new TapProduct.Target(y, y.at(), s.outPlane(), s.outWidth(), 1, epilogue);
        Optional<WinogradTile> tile = WinogradChoice.forward(s);
        if (s.isDepthwise()) {
            int[] taps = raster.tapIndices(s.window().width());
            new Depthwise(parallel, s.batch(), s.channels(), raster, s.taps(), taps)
                    .run(source, w.data(), w.at(), target);
        } else if (tile.isPresent()) {
            minimalForward(s, tile.get(), x, w, epilogue, y);
        } else if (s.groups() == 1 && PositionProduct.pays(s.channels(), s.filters(), raster)) {
            PanelSource panels = new WeightPanels(WeightLayout.forward(s)).packed(parallel, w);
            new PositionProduct(parallel, s.batch(), s.channels(), s.filters(), raster, panels).run(source, target);
        } else {
            PackedRows[] rows = WeightLayout.forward(s).packed(parallel, w);
            int inputs = s.channelsPerGroup(), outputs = s.filtersPerGroup();
            if (s.isPointwise()) {
                new Pointwise(parallel, s.batch(), s.groups(), inputs, outputs, s.plane(), rows).run(x, y, epilogue);
            } else {
                new TapProduct(parallel, s.batch(), s.groups(), inputs, outputs, raster, rows).run(source, target);
            }
        }
    }

    /** The same by minimal filtering. */
    void minimalForward(ConvolutionShape s, WinogradTile tile, Span x, Span w, Epilogue epilogue, Span y) {
        PackedRows[] rows = new WinogradWeights(tile, WeightLayout.forward(s)).packed(parallel, w);
        new Winograd(parallel, Winograd.Sizes.forward(s), tile, rows).run(x, y, epilogue);
    }

    /** The gradient with respect to x, given the gradient u with respect to y. */
    public void inputGradient(ConvolutionShape s, Span u, Span w, Span dx) {
        inputGradient(s, u, w, Epilogue.NONE, dx);
    }

    /** The same, put through an epilogue. */
    public void inputGradient(ConvolutionShape s, Span u, Span w, Epilogue epilogue, Span dx) {
        if (FewChannelsGradient.pays(s)) {
            new FewChannelsGradient(parallel, s).run(u, false, w, epilogue, dx);
            return;
        }
        inputGradientByPhases(s, u, w, epilogue, dx);
    }

    /** The same by products whose rows are channels, or by minimal filtering. */
    void inputGradientByPhases(ConvolutionShape s, Span u, Span w, Epilogue epilogue, Span dx) {
        boolean small = s.groups() == 1 && PositionProduct.pays(s.filters(), s.channels(), adjointRaster(s, 0, 0));
        if (s.isPointwise() && !small) {
            PackedRows[] rows = WeightLayout.adjoint(s, new int[] {0}).packed(parallel, w);
            new Pointwise(parallel, s.batch(), s.groups(), s.filtersPerGroup(), s.channelsPerGroup(), s.plane(), rows)
                    .run(u, dx, epilogue);
            return;
        }
        Optional<WinogradTile> tile = WinogradChoice.adjoint(s);
        if (tile.isPresent()) {
            minimalInputGradient(s, tile.get(), u, w, epilogue, dx);
            return;
        }
        StridePhases.Phase phase = (y, x, steps) -> inputGradientOfPhase(s, u, w, steps, dx, y, x);
        new StridePhases(parallel, s, 1).run(dx, epilogue, phase, epilogue::store);
    }

    /** The same by minimal filtering with the filters turned by half a turn. */
    void minimalInputGradient(ConvolutionShape s, WinogradTile tile, Span u, Span w, Epilogue epilogue, Span dx) {
        WeightLayout turned = WeightLayout.adjoint(s, new int[] {8, 7, 6, 5, 4, 3, 2, 1, 0});
        PackedRows[] rows = new WinogradWeights(tile, turned).packed(parallel, w);
        new Winograd(parallel, Winograd.Sizes.adjoint(s), tile, rows).run(u, dx, epilogue);
    }

    /** The gradient of the elements at rows y, y + strideY, … and columns x, x + strideX, …: a convolution of stride 1. */
    private void inputGradientOfPhase(ConvolutionShape s, Span u, Span w, Epilogue epilogue, Span dx, int y, int x) {
        TapRaster raster = adjointRaster(s, y, x);
        if (raster.taps() == 0) {
            return;
        }
        WindowGeometry g = s.window();
        int[] taps = raster.tapIndices(g.width());
        var source = new TapProduct.Source(u.data(), u.at(), s.outPlane());
        var target = new TapProduct.Target(
                dx, dx.at() + y * s.width() + x, s.plane(), g.strideY() * s.width(), g.strideX(), epilogue);
        if (s.isDepthwise()) {
            new Depthwise(parallel, s.batch(), s.channels(), raster, s.taps(), taps)
                    .run(source, w.data(), w.at(), target);
            return;
        }
        if (s.groups() == 1 && PositionProduct.pays(s.filters(), s.channels(), raster)) {
            PanelSource panels = new WeightPanels(WeightLayout.adjoint(s, taps)).packed(parallel, w);
            new PositionProduct(parallel, s.batch(), s.filters(), s.channels(), raster, panels).run(source, target);
            return;
        }
        PackedRows[] rows = WeightLayout.adjoint(s, taps).packed(parallel, w);
        new TapProduct(parallel, s.batch(), s.groups(), s.filtersPerGroup(), s.channelsPerGroup(), raster, rows)
                .run(source, target);
    }

    /** The gradient with respect to w, given the gradient u with respect to y. */
    public void weightGradient(ConvolutionShape s, Span x, Span u, Span dw) {
        new WeightGradient(parallel, s).run(x, u, dw);
    }

    static TapRaster forwardRaster(ConvolutionShape s) {
        WindowGeometry g = s.window();
        return new TapRaster(
                TapAxis.forward(s.height(), s.outHeight(), g.height(), g.strideY(), g.dilationY(), g.padTop()),
                TapAxis.forward(s.width(), s.outWidth(), g.width(), g.strideX(), g.dilationX(), g.padLeft()));
    }

    static TapRaster adjointRaster(ConvolutionShape s, int y, int x) {
        WindowGeometry g = s.window();
        int rows = Math.ceilDiv(s.height() - y, g.strideY());
        int columns = Math.ceilDiv(s.width() - x, g.strideX());
        return new TapRaster(
                TapAxis.adjoint(s.outHeight(), rows, y, g.height(), g.strideY(), g.dilationY(), g.padTop()),
                TapAxis.adjoint(s.outWidth(), columns, x, g.width(), g.strideX(), g.dilationX(), g.padLeft()));
    }
}
