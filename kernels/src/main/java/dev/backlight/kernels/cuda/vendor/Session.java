package dev.backlight.kernels.cuda.vendor;

import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;

/**
 * What the libraries are opened with.
 *
 * @param stream the stream for JCuda
 * @param streamHandle the same for everybody else
 * @param blasWorkspace device memory of {@link #BLAS_WORKSPACE_BYTES} for cuBLAS alone: with memory of its own and one
 *     stream its results are equal run to run, also from a graph ("Results Reproducibility" in its manual)
 * @param tensorCores whether F32 may be computed as TF32
 */
public record Session(CUstream stream, long streamHandle, long blasWorkspace, boolean tensorCores) {
    /** What cuBLAS recommends for Hopper; it makes do with less on older devices. */
    public static final int BLAS_WORKSPACE_BYTES = 32 << 20;

    static CUdeviceptr pointer(long address) {
        return new CUdeviceptr().withByteOffset(address);
    }
}
