package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.kernels.cuda.vendor.Blas;
import dev.backlight.kernels.cuda.vendor.Dnn;
import dev.backlight.kernels.cuda.vendor.Libraries;
import dev.backlight.kernels.cuda.vendor.Session;
import dev.backlight.kernels.cuda.vendor.VendorException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** cuBLAS and cuDNN where they are installed; whichever is absent leaves its work to the own kernels. */
final class VendorLibraries implements Vendor {
    /** More working space than this is not worth what a faster algorithm saves. */
    private static final long MOST_WORKSPACE = 512L << 20;

    private record Work(Dnn.ConvolutionShape shape, Dnn.Role role) {}

    private record Way(Dnn.Plan plan, Dnn.Algorithm algorithm) {}

    private final Launcher launcher;
    private final Libraries.Found<Blas> blas;
    private final Libraries.Found<Dnn> dnn;
    private final Map<Work, Optional<Way>> ways = new HashMap<>();

    private VendorLibraries(Launcher launcher, Libraries.Found<Blas> blas, Libraries.Found<Dnn> dnn) {
        this.launcher = launcher;
        this.blas = blas;
        this.dnn = dnn;
    }

    /** Opens what is installed. */
    static VendorLibraries open(Context context, Launcher launcher) {
        long workspace;
        try {
            workspace = context.driver().allocate(Session.BLAS_WORKSPACE_BYTES);
        } catch (OutOfMemoryError e) {
            throw new DeviceMemoryException("the GPU has no memory left for cuBLAS; leave it out with --vendor off", e);
        }
        Session session = new Session(
                context.stream(), context.stream().handle(), workspace, launcher.precision() == Precision.TF32);
        return new VendorLibraries(
                launcher,
                Libraries.blas(session, NativeLibraries::unpackedPrivately),
                Libraries.dnn(session, NativeLibraries::unpackedPrivately));
    }

    /** @throws DeviceException when one of the libraries is missing */
    VendorLibraries required() {
        require("cuBLAS", blas);
        require("cuDNN", dnn);
        return this;
    }

    private static void require(String name, Libraries.Found<?> found) {
        if (found.library() == null) {
            throw new DeviceException(name + " is required but cannot be used (" + found.reason()
                    + "); install it, name its folder with -Dbacklight.cuda.libraries=DIR,"
                    + " or leave --vendor require out");
        }
    }

    String describeBlas() {
        Blas library = blas.library();
        return library == null ? "not used: " + blas.reason() : library.description();
    }

    String describeDnn() {
        Dnn library = dnn.library();
        return library == null ? "not used: " + dnn.reason() : library.description();
    }

    @Override
    public boolean product(VendorProduct p) {
        Blas library = blas.library();
        if (library == null) {
            return false;
        }
        try {
            library.multiply(
                    p.m(),
                    p.n(),
                    p.k(),
                    p.batch(),
                    p.transposeA(),
                    p.transposeB(),
                    p.a(),
                    p.strideA(),
                    p.b(),
                    p.strideB(),
                    p.c(),
                    p.strideC());
        } catch (VendorException e) {
            throw failed("cuBLAS", e);
        }
        return true;
    }

    @Override
    public boolean convolution(VendorConvolution shape, long x, long w, long y) {
        return run(Dnn.Role.FORWARD, shape, x, w, y);
    }

    @Override
    public boolean inputGradient(VendorConvolution shape, long u, long w, long x) {
        return run(Dnn.Role.INPUT_GRADIENT, shape, x, w, u);
    }

    @Override
    public boolean weightGradient(VendorConvolution shape, long x, long u, long w) {
        return run(Dnn.Role.WEIGHT_GRADIENT, shape, x, w, u);
    }

    private boolean run(Dnn.Role role, VendorConvolution given, long x, long w, long y) {
        Dnn library = dnn.library();
        Dnn.ConvolutionShape shape = library == null ? null : symmetric(given);
        if (library == null || shape == null) {
            return false;
        }
        try {
            Optional<Way> way = ways.computeIfAbsent(new Work(shape, role), work -> find(library, work));
            way.ifPresent(found -> {
                long bytes = found.algorithm.bytes();
                found.plan.run(role, found.algorithm, x, w, y, bytes == 0 ? 0 : launcher.workspace(bytes));
            });
            return way.isPresent();
        } catch (VendorException e) {
            throw failed("cuDNN", e);
        }
    }

    private static Optional<Way> find(Dnn library, Work work) {
        Dnn.Plan plan = library.plan(work.shape);
        return plan.algorithms(work.role).stream()
                .filter(algorithm -> algorithm.deterministic() && algorithm.bytes() <= MOST_WORKSPACE)
                .findFirst()
                .map(algorithm -> new Way(plan, algorithm));
    }

    /** cuDNN pads opposite edges alike: null where that gives a result of another size. */
    private static Dnn.@Nullable ConvolutionShape symmetric(VendorConvolution given) {
        WindowGeometry g = given.window();
        int h = given.x().size(2);
        int w = given.x().size(3);
        boolean same = positions(h, g.padTop(), g.height(), g.dilationY(), g.strideY())
                        == given.y().size(2)
                && positions(w, g.padLeft(), g.width(), g.dilationX(), g.strideX())
                        == given.y().size(3);
        if (!same) {
            return null;
        }
        return new Dnn.ConvolutionShape(
                given.x().size(0),
                given.x().size(1),
                h,
                w,
                given.w().size(0),
                g.height(),
                g.width(),
                given.y().size(2),
                given.y().size(3),
                g.padTop(),
                g.padLeft(),
                g.strideY(),
                g.strideX(),
                g.dilationY(),
                g.dilationX(),
                given.groups());
    }

    private static int positions(int size, int pad, int window, int dilation, int stride) {
        return Math.floorDiv(size + 2 * pad - (window - 1) * dilation - 1, stride) + 1;
    }

    private static DeviceException failed(String library, VendorException e) {
        return new DeviceException(library + " failed (" + e.getMessage() + "); leave it out with --vendor off", e);
    }
}
