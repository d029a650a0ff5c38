package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.shape.DType;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.cuda.ProductLauncher.Cut;
import dev.backlight.kernels.cuda.ProductLauncher.Runs;
import java.util.function.BiFunction;

/** Weight gradients by {@code convolution_weight_gradient}; see {@code lane_panels.cuh} for its index map. */
final class WeightGradient {
    private static final String MODULE = "convolution";

    /** {@code LaneTerms}: two slabs of up to 16 terms of 32 bytes, up to 128 columns of 16 bytes, and a counter per term. */
    private static final int TERMS_BYTES = 2 * 16 * 32 + 128 * 16 + 16 * 12;

    /** Groups of no more pairs of filter and channel are summed weight by weight: {@code depthwise.cu}. */
    private static final int MOST_DIRECT_PAIRS = 16;

    private static final int DIRECT_THREADS = 256;
    private static final int DIRECT_BLOCKS_PER_MULTIPROCESSOR = 8;
    private static final int LEAST_TERMS_PER_BLOCK = 4096;

    private final Launcher launcher;
    private final ProductLauncher products;

    WeightGradient(Launcher launcher) {
        this.launcher = launcher;
        this.products = new ProductLauncher(launcher);
    }

    void run(ConvolutionShape s, DeviceArray x, DeviceArray u, DeviceArray dw) {
        int rows = s.filtersPerGroup();
        int columns = Math.multiplyExact(s.channelsPerGroup(), s.taps());
        int depth = Math.multiplyExact(s.batch(), s.outPlane());
        var sizes = new ProductPlan.Sizes(
                rows,
                columns,
                depth,
                s.groups(),
                dw.shape().elements() * dw.dtype().bytes());
        Runs runs = new Runs(columns, s.filters(), true);
        BiFunction<ProductTarget, Cut, Arguments> arguments = (target, cut) -> {
            Arguments packed = target.into(new Arguments().array(x).array(u))
                    .i32(s.groups())
                    .i32(rows)
                    .i32(columns)
                    .i32(depth)
                    .i32(cut.parts())
                    .i32(s.channelsPerGroup())
                    .i32(s.height())
                    .i32(s.width())
                    .i32(s.outHeight())
                    .i32(s.outWidth())
                    .window(s.window());
            return packed.i32(cut.slab() / s.outWidth() / s.outHeight())
                    .i32(cut.slab() / s.outWidth() % s.outHeight())
                    .i32(cut.slab() % s.outWidth())
                    .i32(0);
        };
        if (s.groups() > 1 && rows * s.channelsPerGroup() <= MOST_DIRECT_PAIRS) {
            directly(Math.toIntExact(dw.shape().elements()), depth, runs, dw, arguments);
        } else {
            Kernel kernel = new Kernel(MODULE, "convolution_weight_gradient");
            products.run(kernel, sizes, TERMS_BYTES, runs, ProductEpilogue.NONE, dw, arguments);
        }
    }

    private void directly(
            int weights, int depth, Runs runs, DeviceArray dw, BiFunction<ProductTarget, Cut, Arguments> arguments) {
        int wanted = Math.ceilDiv(launcher.multiprocessors() * DIRECT_BLOCKS_PER_MULTIPROCESSOR, weights);
        int parts = Math.max(1, Math.min(wanted, depth / LEAST_TERMS_PER_BLOCK));
        Grid grid = new Grid(Math.multiplyExact(weights, parts), 1, 1, DIRECT_THREADS);
        String suffix = dw.dtype() == DType.F64 ? "f64" : "f32";
        Kernel kernel = new Kernel("depthwise", "depthwise_weight_gradient_" + suffix);
        products.launch(kernel, grid, 0, new Cut(parts, DIRECT_THREADS), runs, ProductEpilogue.NONE, dw, arguments);
    }
}
