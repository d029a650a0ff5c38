package dev.backlight.kernels.cuda;

import dev.backlight.engine.shape.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/** What kernel families are given: launching, working space, and what they may know of the device. */
final class Launcher {
    private final Context context;
    private final KernelLibrary library;
    private final Workspace workspace;
    private final Precision precision;
    private final ByteBuffer packed = ByteBuffer.allocateDirect(Arguments.LIMIT).order(ByteOrder.nativeOrder());
    private final ByteBuffer size = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
    private final Pointer extra = Pointer.to(
            JCudaDriver.CU_LAUNCH_PARAM_BUFFER_POINTER,
            Pointer.to(packed),
            JCudaDriver.CU_LAUNCH_PARAM_BUFFER_SIZE,
            Pointer.to(size),
            JCudaDriver.CU_LAUNCH_PARAM_END);

    private Vendor vendor = Vendor.NONE;
    private String tile = "";

    Launcher(Context context, Workspace workspace, Precision precision) {
        this.context = context;
        this.library = new KernelLibrary(context.driver());
        this.workspace = workspace;
        this.precision = precision;
    }

    /** Puts one run of a kernel into the stream, behind everything put there before. */
    void launch(Launch launch) {
        Arguments arguments = launch.arguments();
        arguments.copyTo(packed);
        size.putLong(0, arguments.size());
        context.driver()
                .launch(library.function(launch.kernel(), launch.sharedBytes()), launch, context.stream(), extra);
    }

    /** Copies device memory to device memory, in the stream's order. */
    void copy(long target, long source, long bytes) {
        context.driver().copyAsync(target, source, bytes, context.stream());
    }

    int multiprocessors() {
        return context.multiprocessors();
    }

    /**
     * The address of working space, aligned to 256 bytes, with undefined contents: one primitive's own until it is done.
     * A second call within a primitive gives the same memory, or larger memory in its place; so ask once, for all of it.
     */
    long workspace(long bytes) {
        return workspace.atLeast(bytes);
    }

    /** What may be asked for a product or a convolution of F32 operands before an own kernel is launched. */
    Vendor vendor() {
        return vendor;
    }

    /** Lets the vendor's libraries, which need a launcher themselves, be asked from now on. */
    void use(Vendor libraries) {
        vendor = libraries;
    }

    /** What products and convolutions of F32 operands are to be computed in. */
    Precision precision() {
        return precision;
    }

    /** Lets products be computed in tiles of this size alone, where their type has it; of all sizes where it is empty. */
    void useTile(String size) {
        tile = size;
    }

    /** The tiles that products may be computed in. */
    List<ProductTile> tiles(DType dtype) {
        List<ProductTile> all = ProductTile.of(dtype, precision);
        List<ProductTile> wanted =
                all.stream().filter(one -> one.suffix().startsWith(tile + "_")).toList();
        return wanted.isEmpty() ? all : wanted;
    }
}
