package dev.backlight.kernels.cuda.vendor;

import jcuda.Pointer;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.runtime.cudaStream_t;

/** cuBLAS 12 through JCuda's binding. */
final class JcublasBlas implements Blas {
    private static final int PEDANTIC_MATH = 2;
    private static final int TF32_MATH = 3;

    private final cublasHandle handle = new cublasHandle();
    private final Pointer one = Pointer.to(new float[] {1});
    private final Pointer zero = Pointer.to(new float[] {0});

    /**
     * @throws LinkageError when the binding or the library cannot be loaded
     * @throws VendorException when it does not work
     */
    JcublasBlas(Session session) {
        VendorException.check(JCublas2.cublasCreate(handle), "cublasCreate");
        VendorException.check(JCublas2.cublasSetStream(handle, new cudaStream_t(session.stream())), "cublasSetStream");
        VendorException.check(
                JCublas2.cublasSetWorkspace(
                        handle, Session.pointer(session.blasWorkspace()), Session.BLAS_WORKSPACE_BYTES),
                "cublasSetWorkspace");
        VendorException.check(
                JCublas2.cublasSetMathMode(handle, session.tensorCores() ? TF32_MATH : PEDANTIC_MATH),
                "cublasSetMathMode");
    }

    @Override
    public String description() {
        return "libcublas.so.12, through JCublas";
    }

    /** cuBLAS is column-major: there {@code Cᵀ = Bᵀ·Aᵀ} is what is {@code C = A·B} in rows. */
    @Override
    public void multiply(
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
            long strideC) {
        int status = JCublas2.cublasSgemmStridedBatched(
                handle,
                transposeB ? 1 : 0,
                transposeA ? 1 : 0,
                n,
                m,
                k,
                one,
                Session.pointer(b),
                transposeB ? k : n,
                strideB,
                Session.pointer(a),
                transposeA ? m : k,
                strideA,
                zero,
                Session.pointer(c),
                n,
                strideC,
                batch);
        VendorException.check(status, "cublasSgemmStridedBatched");
    }
}
