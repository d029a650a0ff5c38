package dev.backlight.kernels.cuda.vendor;

/** cuBLAS. Addresses are of device memory; work goes into the stream that the library was opened with. */
public interface Blas {
    /** For people: the library's version and how it is called. */
    String description();

    /**
     * A batch of row-major products of F32 matrices, {@code C = A·B} with A of m×k and B of k×n, a transposed operand stored
     * so; strides in elements from one matrix to the next.
     */
    void multiply(
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
            long strideC);
}
