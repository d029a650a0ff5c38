package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.shape.DType;
import java.util.function.BiFunction;

/** Launches the kernels that compute in tiles: in one pass, or in parts and a second pass that adds them in order. */
final class ProductLauncher {
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

    private final Launcher launcher;

    ProductLauncher(Launcher launcher) {
        this.launcher = launcher;
    }

    /**
     * @param kernel named without its tile, and its module where tensor cores are not used
     * @param extraShared bytes of shared memory beyond the tile's
     * @param arguments the kernel's, given where results go and the plan
     */
    void run(
            Kernel kernel,
            ProductPlan.Sizes sizes,
            int extraShared,
            Runs runs,
            ProductEpilogue epilogue,
            DeviceArray out,
            BiFunction<ProductTarget, ProductPlan, Arguments> arguments) {
        ProductPlan plan = ProductPlan.choose(
                sizes, ProductTile.of(out.dtype(), launcher.precision()), launcher.multiprocessors());
        ProductTile tile = plan.tile();
        long elements = out.shape().elements();
        long address = DeviceMemory.address(out);
        long parts = plan.splits() == 1
                ? 0
                : launcher.workspace(plan.splits() * elements * out.dtype().bytes());
        boolean packed = runs.length() % PACK == 0 && epilogue.isAligned(address);
        ProductTarget target = new ProductTarget(address, parts, elements, epilogue, packed && runs.isWhole());
        Grid grid = new Grid(Math.toIntExact(plan.blocks(sizes)), 1, 1, tile.threads());
        String module = tile.isTensor() ? TENSOR_MODULE : kernel.module();
        Kernel tiled = new Kernel(module, kernel.name() + "_" + tile.suffix());
        launcher.launch(new Launch(tiled, grid, tile.sharedBytes() + extraShared, arguments.apply(target, plan)));
        if (plan.splits() > 1) {
            addParts(new ProductTarget(address, parts, elements, epilogue, packed), plan.splits(), runs, out.dtype());
        }
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
