package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.cuda.ProductLauncher.Runs;
import java.util.List;

/** Batched products of matrices, and convolutions that are such: {@code matmul.cu}. */
final class Products {
    private static final String MODULE = "matmul";
    private static final int PACK = 4;
    private static final int PACK_BYTES = 16;

    /** How a panel is read: {@code Reading} of {@code matrix_panels.cuh}. */
    private enum Reading {
        STRIDED(0),
        PACKED_TERMS(1),
        PACKED_LINES(2);

        /** What the kernels know it by. */
        private final int code;

        Reading(int code) {
            this.code = code;
        }
    }

    /**
     * One operand: {@code Matrix} of {@code matrix_panels.cuh}. Its lines are A's rows or B's columns; either lines or terms lie
     * side by side.
     *
     * @param fold lines of one matrix; where more are laid side by side, the next begin {@code foldPitch} further on
     */
    private record Operand(
            DeviceArray array, long batchPitch, long foldPitch, int lines, int fold, int terms, boolean linesTogether) {
        void into(Arguments arguments) {
            arguments
                    .array(array)
                    .i64(batchPitch)
                    .i64(foldPitch)
                    .i64(linesTogether ? 1 : terms)
                    .i64(linesTogether ? fold : 1)
                    .i32(lines)
                    .i32(fold)
                    .i32(reading().code)
                    .i32(0);
        }

        private Reading reading() {
            boolean aligned = DeviceMemory.address(array) % PACK_BYTES == 0;
            int together = linesTogether ? fold : terms;
            if (!aligned || together % PACK != 0) {
                return Reading.STRIDED;
            }
            return linesTogether ? Reading.PACKED_LINES : Reading.PACKED_TERMS;
        }
    }

    private final Launcher launcher;
    private final ProductLauncher products;

    Products(Launcher launcher) {
        this.launcher = launcher;
        this.products = new ProductLauncher(launcher);
    }

    /** {@code B×m×k · B×k×n → B×m×n}; a batch size of 1 stretches. */
    void matMul(Primitive.MatMul product, List<DeviceArray> in, DeviceArray out) {
        DeviceArray a = in.get(0);
        DeviceArray b = in.get(1);
        int batches = out.shape().size(0);
        int m = out.shape().size(1);
        int n = out.shape().size(2);
        int k = a.shape().size(product.transposeA() ? 1 : 2);
        long stepA = a.shape().size(0) == 1 ? 0 : (long) m * k;
        long stepB = b.shape().size(0) == 1 ? 0 : (long) k * n;
        // cuBLAS takes no rows of no terms.
        if (out.dtype() == DType.F32
                && k > 0
                && launcher.vendor().product(vendorProduct(product, a, stepA, b, stepB, out, k))) {
            return;
        }
        boolean folded =
                stepA == 0 && !product.transposeB() && batches > 1 && (long) batches * n <= ProductLauncher.MOST_LINES;
        Operand left = new Operand(a, stepA, 0, m, m, k, product.transposeA());
        Operand right = folded
                ? new Operand(b, 0, stepB, batches * n, n, k, true)
                : new Operand(b, stepB, 0, n, n, k, !product.transposeB());
        run(left, right, folded ? 1 : batches, ProductEpilogue.NONE, out);
    }

    private static VendorProduct vendorProduct(
            Primitive.MatMul product, DeviceArray a, long stepA, DeviceArray b, long stepB, DeviceArray out, int k) {
        Shape shape = out.shape();
        return new VendorProduct(
                shape.size(1),
                shape.size(2),
                k,
                shape.size(0),
                product.transposeA(),
                product.transposeB(),
                DeviceMemory.address(a),
                stepA,
                DeviceMemory.address(b),
                stepB,
                DeviceMemory.address(out),
                (long) shape.size(1) * shape.size(2));
    }

    /** A convolution of 1×1 windows with stride 1 and one group: W·x for every image, the images' columns side by side. */
    void pointwise(ConvolutionShape s, DeviceArray x, DeviceArray w, ProductEpilogue epilogue, DeviceArray y) {
        Operand left = new Operand(w, 0, 0, s.filters(), s.filters(), s.channels(), false);
        Operand right = images(s, x, s.channels());
        run(left, right, 1, epilogue, y);
    }

    /** The input gradient of such a convolution: Wᵀ·u. */
    void pointwiseGradient(ConvolutionShape s, DeviceArray u, DeviceArray w, ProductEpilogue epilogue, DeviceArray dx) {
        Operand left = new Operand(w, 0, 0, s.channels(), s.channels(), s.filters(), true);
        Operand right = images(s, u, s.filters());
        run(left, right, 1, epilogue, dx);
    }

    private static Operand images(ConvolutionShape s, DeviceArray images, int channels) {
        int pixels = Math.multiplyExact(s.batch(), s.plane());
        return new Operand(images, 0, (long) channels * s.plane(), pixels, s.plane(), channels, true);
    }

    private void run(Operand a, Operand b, int batches, ProductEpilogue epilogue, DeviceArray out) {
        int rowLength = b.fold();
        var sizes = new ProductPlan.Sizes(
                a.lines(),
                b.lines(),
                a.terms(),
                batches,
                out.shape().elements() * out.dtype().bytes());
        long matrix = (long) a.lines() * rowLength;
        Runs runs = new Runs(rowLength, a.lines(), true);
        products.run(new Kernel(MODULE, "matmul"), sizes, 0, runs, epilogue, out, (target, cut) -> {
            Arguments arguments = new Arguments();
            a.into(arguments);
            b.into(arguments);
            return target.into(arguments)
                    .i64(matrix)
                    .i64(matrix)
                    .i32(batches)
                    .i32(a.terms())
                    .i32(cut.parts())
                    .i32(0);
        });
    }
}
