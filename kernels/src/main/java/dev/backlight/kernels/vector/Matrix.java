package dev.backlight.kernels.vector;

/**
 * A matrix inside an array: element (i, j) is {@code data[offset + i · rowStride + j · columnStride]}. A transposed view only
 * swaps the strides.
 */
public record Matrix(float[] data, int offset, int rowStride, int columnStride) {
    /** A row-major matrix whose rows have {@code columns} elements. */
    public static Matrix rowMajor(float[] data, int offset, int columns) {
        return new Matrix(data, offset, columns, 1);
    }

    public Matrix transposed() {
        return new Matrix(data, offset, columnStride, rowStride);
    }

    /** The same view further along the array. */
    public Matrix shifted(int by) {
        return new Matrix(data, offset + by, rowStride, columnStride);
    }
}
