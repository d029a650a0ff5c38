package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.cuda.ProductLauncher.Cut;
import dev.backlight.kernels.cuda.ProductLauncher.Runs;
import java.util.function.BiFunction;

/** Convolutions and input gradients by {@code convolution_gathered}; see {@code gathered_panels.cuh} for its index map. */
final class GatheredConvolution {
    private static final String MODULE = "convolution";
    private static final int PACK = 4;
    private static final int PACK_BYTES = 16;

    /** Groups of no more channels to write leave tiles nearly empty, and are computed directly: {@code depthwise.cu}. */
    private static final int MOST_DIRECT_ROWS = 4;

    private static final int DIRECT_THREADS = 128;
    private static final int ROWS_PER_THREAD = 4;

    /** {@code GatheredTerms}: two slabs of up to 16 terms of 16 bytes, a counter for each, one more, two sizes, and padding. */
    private static final int TERMS_BYTES = 2 * 16 * 16 + 16 * 12 + 12 + 8 + 12;

    /** Along one axis, which elements meet: {@code Axis} of {@code window.cuh}. */
    private record Axis(
            int source, int out, int window, int every, int period, int stride, int step, int dilation, int padding) {
        static Axis forward(int in, int out, int window, int stride, int dilation, int padding) {
            return new Axis(in, out, window, 1, 1, stride, dilation, dilation, padding);
        }

        static Axis adjoint(int in, int out, int window, int stride, int dilation, int padding) {
            int common = gcd(stride, dilation);
            return new Axis(out, in, window, stride, stride / common, 1, -dilation / common, dilation, padding);
        }

        private static int gcd(int a, int b) {
            return b == 0 ? a : gcd(b, a % b);
        }

        /** Elements of the output that the largest phase writes. */
        int positions() {
            return Math.ceilDiv(out, every);
        }

        /** Taps of the phase that has most of them. */
        int taps() {
            return Math.ceilDiv(window, period);
        }

        void into(Arguments arguments, boolean isAdjoint) {
            arguments
                    .i32(source)
                    .i32(out)
                    .i32(window)
                    .i32(every)
                    .i32(period)
                    .i32(stride)
                    .i32(step)
                    .i32(dilation)
                    .i32(padding)
                    .i32(isAdjoint ? 1 : 0);
        }
    }

    private final ProductLauncher products;

    GatheredConvolution(Launcher launcher) {
        this.products = new ProductLauncher(launcher);
    }

    void forward(ConvolutionShape s, DeviceArray x, DeviceArray w, ProductEpilogue epilogue, DeviceArray y) {
        WindowGeometry g = s.window();
        Axis rows = Axis.forward(s.height(), s.outHeight(), g.height(), g.strideY(), g.dilationY(), g.padTop());
        Axis columns = Axis.forward(s.width(), s.outWidth(), g.width(), g.strideX(), g.dilationX(), g.padLeft());
        int row = s.channelsPerGroup() * s.taps();
        boolean packed = row % PACK == 0 && DeviceMemory.address(w) % PACK_BYTES == 0;
        Weights weights = new Weights(w, s.filtersPerGroup() * row, row, s.taps(), packed);
        run(s, x, weights, rows, columns, false, epilogue, y);
    }

    void inputGradient(ConvolutionShape s, DeviceArray u, DeviceArray w, ProductEpilogue epilogue, DeviceArray dx) {
        WindowGeometry g = s.window();
        Axis rows = Axis.adjoint(s.height(), s.outHeight(), g.height(), g.strideY(), g.dilationY(), g.padTop());
        Axis columns = Axis.adjoint(s.width(), s.outWidth(), g.width(), g.strideX(), g.dilationX(), g.padLeft());
        int filter = s.channelsPerGroup() * s.taps();
        Weights weights = new Weights(w, s.filtersPerGroup() * filter, s.taps(), filter, false);
        run(s, u, weights, rows, columns, true, epilogue, dx);
    }

    /** Where weights lie, in elements: of a group, of a channel to write, of a channel to read. */
    private record Weights(DeviceArray array, int group, int row, int channel, boolean packed) {}

    private void run(
            ConvolutionShape s,
            DeviceArray source,
            Weights w,
            Axis y,
            Axis x,
            boolean isAdjoint,
            ProductEpilogue epilogue,
            DeviceArray out) {
        int written = out.shape().size(1);
        int read = source.shape().size(1) / s.groups();
        int phases = y.every() * x.every();
        var sizes = new ProductPlan.Sizes(
                written / s.groups(),
                Math.multiplyExact(s.batch(), Math.multiplyExact(y.positions(), x.positions())),
                Math.multiplyExact(read, y.taps() * x.taps()),
                (long) s.groups() * phases,
                out.shape().elements() * out.dtype().bytes());
        Runs runs = new Runs(y.out() * x.out(), written, phases == 1);
        BiFunction<ProductTarget, Cut, Arguments> arguments = (target, cut) -> {
            Arguments packed = new Arguments().array(source).array(w.array());
            target.into(packed);
            y.into(packed, isAdjoint);
            x.into(packed, isAdjoint);
            return packed.i32(s.batch())
                    .i32(s.groups())
                    .i32(sizes.rows())
                    .i32(read)
                    .i32(cut.parts())
                    .i32(w.group())
                    .i32(w.row())
                    .i32(w.channel())
                    .i32(w.packed() ? 1 : 0)
                    .i32(0);
        };
        if (s.groups() > 1 && sizes.rows() <= MOST_DIRECT_ROWS) {
            long threads = (long) s.batch() * written * Math.ceilDiv(y.out(), ROWS_PER_THREAD) * x.out();
            if (threads > ProductLauncher.MOST_LINES) {
                throw new DeviceException("device cuda cannot count the results of one convolution, of shape "
                        + out.shape() + "; use a smaller batch or image");
            }
            Grid grid = Grid.linear(threads, 1, DIRECT_THREADS);
            Kernel kernel = new Kernel("depthwise", "depthwise_gathered_" + suffix(out));
            products.launch(kernel, grid, 0, new Cut(1, 1), runs, epilogue, out, arguments);
        } else {
            Kernel kernel = new Kernel(MODULE, "convolution_gathered");
            products.run(kernel, sizes, TERMS_BYTES, runs, epilogue, out, arguments);
        }
    }

    private static String suffix(DeviceArray out) {
        return out.dtype() == DType.F64 ? "f64" : "f32";
    }
}
