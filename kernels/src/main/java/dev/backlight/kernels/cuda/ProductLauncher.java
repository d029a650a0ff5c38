package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.shape.DType;
import java.util.function.BiFunction;

/** Launches the kernels that compute in tiles: in one pass, or in parts and a second pass that adds them in order. */
final class ProductLauncher {
    /** Rows, columns or terms of a product: kernels count in 32 bits, also to the end of a part that begins at the last. */
    static final int MOST_LINES = 1 << 30;

    private static final String TENSOR_MODULE = "tensorcore";
    private static final int SUM_THREADS = 256;
    private static final int SUM_BLOCKS_PER_MULTIPROCESSOR = 8;
    private static final int PACK = 4;

    /**
     * How results lie in memory: runs of one channel after another.
     *
     * @param isWhole whether a row of a tile lies in such runs, not scattered over them
     */
    record Runs(int length, int channels, boolean isWhole) {}

    /**
     * How sums are cut.
     *
     * @param parts of each sum, added in a second pass
     * @param slab terms that the kernel goes on by
     */
    record Cut(int parts, int slab) {}

    private final Launcher launcher;

    ProductLauncher(Launcher launcher) {
        this.launcher = launcher;
    }

    /**
     * In tiles.
     *
     * @param kernel named without its tile, and its module where tensor cores are not used
     * @param extraShared bytes of shared memory beyond the tile's
     * @param arguments the kernel's, given where results go and how sums are cut
     */
    void run(
            Kernel kernel,
            ProductPlan.Sizes sizes,
            int extraShared,
            Runs runs,
            ProductEpilogue epilogue,
            DeviceArray out,
            BiFunction<ProductTarget, Cut, Arguments> arguments) {
        ProductPlan plan = ProductPlan.choose(sizes, launcher.tiles(out.dtype()), launcher.multiprocessors());
        ProductTile tile = plan.tile();
        String module = tile.isTensor() ? TENSOR_MODULE : kernel.module();
        Kernel tiled = new Kernel(module, kernel.name() + "_" + tile.suffix());
        Grid grid = new Grid(Grid.linear(plan.blocks(sizes), 1, 1).x(), 1, 1, tile.threads());
        Cut cut = new Cut(plan.splits(), tile.slab());
        launch(tiled, grid, tile.sharedBytes() + extraShared, cut, runs, epilogue, out, arguments);
    }

    /** In one launch, and a second where sums are cut into parts. */
    void launch(
            Kernel kernel,
            Grid grid,
            int shared,
            Cut cut,
            Runs runs,
            ProductEpilogue epilogue,
            DeviceArray out,
            BiFunction<ProductTarget, Cut, Arguments> arguments) {
        ProductTarget whole = target(out, 0, runs, epilogue);
        boolean packed = whole.packed() && runs.isWhole();
        if (cut.parts() == 1) {
            launcher.launch(new Launch(kernel, grid, shared, arguments.apply(whole.packed(packed), cut)));
        } else {
            long bytes = whole.elements() * out.dtype().bytes();
            ProductTarget inParts = target(out, launcher.workspace(cut.parts() * bytes), runs, epilogue);
            launcher.launch(new Launch(kernel, grid, shared, arguments.apply(inParts.packed(packed), cut)));
            addParts(inParts, cut.parts(), runs, out.dtype());
        }
    }

    /** Puts results that are there already through an epilogue: a sum of one part. */
    void finish(Runs runs, ProductEpilogue epilogue, DeviceArray out) {
        if (!epilogue.equals(ProductEpilogue.NONE)) {
            addParts(target(out, DeviceMemory.address(out), runs, epilogue), 1, runs, out.dtype());
        }
    }

    private static ProductTarget target(DeviceArray out, long parts, Runs runs, ProductEpilogue epilogue) {
        long address = DeviceMemory.address(out);
        boolean packed = runs.length() % PACK == 0 && epilogue.isAligned(address);
        return new ProductTarget(address, parts, out.shape().elements(), epilogue, packed);
    }

    private void addParts(ProductTarget target, int splits, Runs runs, DType dtype) {
        Arguments arguments = target.into(new Arguments())
                .i32(splits)
                .i32(runs.length())
                .i32(runs.channels())
                .i32(0);
        int most = SUM_BLOCKS_PER_MULTIPROCESSOR * launcher.multiprocessors();
        Grid all = Grid.linear(target.elements(), target.packed() ? PACK : 1, SUM_THREADS);
        Kernel kernel = new Kernel("split_sum", dtype == DType.F64 ? "split_sum_f64" : "split_sum_f32");
        launcher.launch(new Launch(kernel, new Grid(Math.min(all.x(), most), 1, 1, SUM_THREADS), 0, arguments));
    }
}
