package dev.backlight.kernels.cuda;

import dev.backlight.engine.shape.DType;
import java.util.Arrays;
import java.util.List;

/** The sums that one block of threads of a product kernel computes; see {@code tile.cuh} and {@code tensorcore.cu}. */
enum ProductTile {
    F32_128X128(DType.F32, Precision.F32, 128, 128, 256, 8, 2, 0.82),
    F32_64X128(DType.F32, Precision.F32, 64, 128, 128, 8, 3, 0.80),
    F32_64X64(DType.F32, Precision.F32, 64, 64, 128, 8, 4, 0.72),
    F32_32X128(DType.F32, Precision.F32, 32, 128, 128, 8, 4, 0.68),
    F32_32X32(DType.F32, Precision.F32, 32, 32, 64, 8, 8, 0.55),
    F64_32X32(DType.F64, Precision.F32, 32, 32, 64, 8, 4, 0.30),
    TF32_128X128(DType.F32, Precision.TF32, 128, 128, 256, 16, 2, 3.5),
    TF32_64X64(DType.F32, Precision.TF32, 64, 64, 128, 16, 4, 2.2);

    private static final int STAGES = 2;
    private static final int PADDING = 4;
    private static final int TENSOR_STAGES = 4;
    private static final int TENSOR_PADDING = 8;

    private final DType dtype;
    private final Precision precision;
    private final int rows;
    private final int columns;
    private final int threads;
    private final int slab;
    private final int residents;
    private final double efficiency;

    /**
     * @param slab terms that pass through shared memory at a time
     * @param residents blocks that a multiprocessor holds at once, by their registers
     * @param efficiency the share of instructions that are F32 multiply-adds, or their worth in time of other kinds
     */
    ProductTile(
            DType dtype,
            Precision precision,
            int rows,
            int columns,
            int threads,
            int slab,
            int residents,
            double efficiency) {
        this.dtype = dtype;
        this.precision = precision;
        this.rows = rows;
        this.columns = columns;
        this.threads = threads;
        this.slab = slab;
        this.residents = residents;
        this.efficiency = efficiency;
    }

    static List<ProductTile> of(DType dtype, Precision precision) {
        Precision wanted = dtype == DType.F64 ? Precision.F32 : precision;
        return Arrays.stream(values())
                .filter(tile -> tile.dtype == dtype && tile.precision == wanted)
                .toList();
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    int threads() {
        return threads;
    }

    int slab() {
        return slab;
    }

    int residents() {
        return residents;
    }

    double efficiency() {
        return efficiency;
    }

    /** The slabs of both panels that are there at once, with their padding: {@code shared} of the tile. */
    int sharedBytes() {
        int stages = isTensor() ? TENSOR_STAGES : STAGES;
        int padding = isTensor() ? TENSOR_PADDING : PADDING;
        return stages * slab * (rows + columns + 2 * padding) * dtype.bytes();
    }

    /** Whether tensor cores compute it; its kernels are then in a module of their own. */
    boolean isTensor() {
        return precision == Precision.TF32;
    }

    /** What kernels of this tile are called at the end, as in {@code matmul_64x128_f32}. */
    String suffix() {
        String type = dtype == DType.F64 ? "f64" : isTensor() ? "tf32" : "f32";
        return rows + "x" + columns + "_" + type;
    }
}
