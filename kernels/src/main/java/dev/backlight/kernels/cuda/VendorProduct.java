package dev.backlight.kernels.cuda;

/**
 * A batch of row-major products of F32 matrices, {@code C = A·B} with A of m×k and B of k×n; a transposed operand is stored
 * so. Strides are from one matrix of the batch to the next, in elements; 0 uses the same one for all.
 *
 * @param a the address of A's first element, likewise {@code b} and {@code c}
 */
record VendorProduct(
        int m,
        int n,
        int k,
        int batch,
        boolean transposeA,
        boolean transposeB,
        long a,
        long strideA,
        long b,
        long strideB,
        long c,
        long strideC) {}
