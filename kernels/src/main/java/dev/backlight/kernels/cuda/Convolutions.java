package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.EpilogueMatch;
import dev.backlight.kernels.common.EpilogueSteps;
import java.util.List;

/** Convolution and its gradients: as products of matrices, by one kernel or another for each kind of window. */
final class Convolutions {
    /** Of any tile. */
    private static final long MOST_ROWS = 128;

    private final Launcher launcher;
    private final Chains chains;
    private final Products products;
    private final ProductLauncher results;
    private final GatheredConvolution gathered;
    private final WeightGradient weightGradient;

    Convolutions(Launcher launcher, Chains chains, Products products) {
        this.launcher = launcher;
        this.chains = chains;
        this.products = products;
        this.results = new ProductLauncher(launcher);
        this.gathered = new GatheredConvolution(launcher);
        this.weightGradient = new WeightGradient(launcher);
    }

    /** y = x ⋆ w, plus a bias if there is a third operand. */
    void forward(Primitive.Convolution c, List<DeviceArray> in, DeviceArray y) {
        forward(c, in, EpilogueSteps.NONE, y);
    }

    /** The gradient with respect to x, of the gradient u with respect to y and of w. */
    void inputGradient(Primitive.ConvolutionInputGradient c, List<DeviceArray> in, DeviceArray dx) {
        inputGradient(c, in, EpilogueSteps.NONE, dx);
    }

    /** The gradient with respect to w, of x and of the gradient u with respect to y. */
    void weightGradient(Primitive.ConvolutionWeightGradient c, List<DeviceArray> in, DeviceArray dw) {
        DeviceArray x = in.get(0);
        DeviceArray u = in.get(1);
        VendorConvolution asked = new VendorConvolution(x.shape(), dw.shape(), u.shape(), c.window(), c.groups());
        boolean done = isF32(dw) && launcher.vendor().weightGradient(asked, address(x), address(u), address(dw));
        if (!done) {
            weightGradient.run(shape(x, dw, u, c.window(), c.groups()), x, u, dw);
        }
    }

    /** A convolution or an input gradient whose results pass through a chain: at once where the kernels know it, or after. */
    void withEpilogue(Primitive.WithEpilogue fused, List<DeviceArray> in, DeviceArray out) {
        EpilogueMatch.run(fused, in, out, this::head, chains::run);
    }

    private void head(Primitive head, List<DeviceArray> in, EpilogueSteps steps, DeviceArray out) {
        switch (head) {
            case Primitive.Convolution c -> forward(c, in, steps, out);
            case Primitive.ConvolutionInputGradient c -> inputGradient(c, in, steps, out);
            default -> throw new IllegalArgumentException(head + " takes no epilogue");
        }
    }

    private void forward(Primitive.Convolution c, List<DeviceArray> in, EpilogueSteps steps, DeviceArray y) {
        DeviceArray x = in.get(0);
        DeviceArray w = in.get(1);
        ProductEpilogue epilogue = new ProductEpilogue(in.size() == 3 ? in.get(2) : null, steps);
        VendorConvolution asked = new VendorConvolution(x.shape(), w.shape(), y.shape(), c.window(), c.groups());
        if (isF32(y) && launcher.vendor().convolution(asked, address(x), address(w), address(y))) {
            results.finish(planes(y), epilogue, y);
            return;
        }
        ConvolutionShape s = shape(x, w, y, c.window(), c.groups());
        if (isPointwise(s)) {
            products.pointwise(s, x, w, epilogue, y);
        } else {
            gathered.forward(s, x, w, epilogue, y);
        }
    }

    private void inputGradient(
            Primitive.ConvolutionInputGradient c, List<DeviceArray> in, EpilogueSteps steps, DeviceArray dx) {
        DeviceArray u = in.get(0);
        DeviceArray w = in.get(1);
        ProductEpilogue epilogue = new ProductEpilogue(null, steps);
        VendorConvolution asked = new VendorConvolution(dx.shape(), w.shape(), u.shape(), c.window(), c.groups());
        if (isF32(dx) && launcher.vendor().inputGradient(asked, address(u), address(w), address(dx))) {
            results.finish(planes(dx), epilogue, dx);
            return;
        }
        ConvolutionShape s = shape(dx, w, u, c.window(), c.groups());
        if (isPointwise(s)) {
            products.pointwiseGradient(s, u, w, epilogue, dx);
        } else {
            gathered.inputGradient(s, u, w, epilogue, dx);
        }
    }

    /** The sizes, which the own kernels must be able to count in 32 bits: images' pixels, an image's elements, a tile's rows. */
    private static ConvolutionShape shape(
            DeviceArray x, DeviceArray w, DeviceArray y, WindowGeometry window, int groups) {
        ConvolutionShape s = ConvolutionShape.of(x.shape(), w.shape(), y.shape(), window, groups);
        long read = Math.max(MOST_ROWS, Math.max(s.batch(), s.channelsPerGroup())) * s.height() * s.width();
        long written = Math.max(MOST_ROWS, Math.max(s.batch(), s.filtersPerGroup())) * s.outHeight() * s.outWidth();
        if (Math.max(read, written) > ProductLauncher.MOST_LINES) {
            throw new DeviceException(
                    "device cuda convolves up to 2^30 pixels of a batch and elements of an image, but found "
                            + x.shape() + " and " + y.shape() + "; use a smaller batch or image");
        }
        return s;
    }

    private static ProductLauncher.Runs planes(DeviceArray images) {
        Shape shape = images.shape();
        return new ProductLauncher.Runs(shape.size(2) * shape.size(3), shape.size(1), true);
    }

    private static boolean isF32(DeviceArray array) {
        return array.dtype() == DType.F32;
    }

    private static boolean isPointwise(ConvolutionShape s) {
        return s.isPointwise() && s.groups() == 1;
    }

    private static long address(DeviceArray array) {
        return DeviceMemory.address(array);
    }
}
