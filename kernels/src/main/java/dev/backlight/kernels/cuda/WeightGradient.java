package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.cuda.ProductLauncher.Runs;
import dev.backlight.kernels.vector.ConvolutionShape;

/** Weight gradients by {@code convolution_weight_gradient}; see {@code lane_panels.cuh} for its index map. */
final class WeightGradient {
    private static final String MODULE = "convolution";

    /** {@code LaneTerms}: two slabs of up to 16 terms of 32 bytes, up to 128 columns of 16 bytes, and a counter per term. */
    private static final int TERMS_BYTES = 2 * 16 * 32 + 128 * 16 + 16 * 12;

    private final ProductLauncher products;

    WeightGradient(Launcher launcher) {
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
        Kernel kernel = new Kernel(MODULE, "convolution_weight_gradient");
        products.run(kernel, sizes, TERMS_BYTES, runs, ProductEpilogue.NONE, dw, (target, plan) -> {
            Arguments arguments = target.into(new Arguments().array(x).array(u))
                    .i32(s.groups())
                    .i32(rows)
                    .i32(columns)
                    .i32(depth)
                    .i32(plan.splits())
                    .i32(s.channelsPerGroup())
                    .i32(s.height())
                    .i32(s.width())
                    .i32(s.outHeight())
                    .i32(s.outWidth());
            window(s.window(), arguments);
            int slab = plan.tile().slab();
            return arguments
                    .i32(slab / s.outWidth() / s.outHeight())
                    .i32(slab / s.outWidth() % s.outHeight())
                    .i32(slab % s.outWidth())
                    .i32(0);
        });
    }

    private static void window(WindowGeometry g, Arguments arguments) {
        arguments
                .i32(g.height())
                .i32(g.width())
                .i32(g.strideY())
                .i32(g.strideX())
                .i32(g.dilationY())
                .i32(g.dilationX())
                .i32(g.padTop())
                .i32(g.padLeft());
    }
}
