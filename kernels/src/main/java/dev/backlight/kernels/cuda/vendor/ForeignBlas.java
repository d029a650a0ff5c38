package dev.backlight.kernels.cuda.vendor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** cuBLAS through {@code java.lang.foreign}. Device addresses travel as 64-bit integers. */
final class ForeignBlas implements Blas {
    private static final int PEDANTIC_MATH = 2;
    private static final int TF32_MATH = 3;

    private final String name;
    private final MemorySegment handle;
    private final MethodHandle sgemm;
    private final MemorySegment one = Arena.global().allocateFrom(JAVA_FLOAT, 1);
    private final MemorySegment zero = Arena.global().allocateFrom(JAVA_FLOAT, 0);

    /** @throws VendorException when the library is not there or does not work */
    ForeignBlas(String name, Session session) {
        this.name = name;
        Foreign library = new Foreign(name);
        this.handle = create(library);
        Foreign.call(
                "cublasSetStream",
                library.function("cublasSetStream_v2", ADDRESS, ADDRESS),
                handle,
                MemorySegment.ofAddress(session.streamHandle()));
        Foreign.call(
                "cublasSetWorkspace",
                library.function("cublasSetWorkspace_v2", ADDRESS, JAVA_LONG, JAVA_LONG),
                handle,
                session.blasWorkspace(),
                (long) Session.BLAS_WORKSPACE_BYTES);
        Foreign.call(
                "cublasSetMathMode",
                library.function("cublasSetMathMode", ADDRESS, JAVA_INT),
                handle,
                session.tensorCores() ? TF32_MATH : PEDANTIC_MATH);
        this.sgemm = library.function(
                "cublasSgemmStridedBatched",
                ADDRESS,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                ADDRESS,
                JAVA_LONG,
                JAVA_INT,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_INT,
                JAVA_LONG,
                ADDRESS,
                JAVA_LONG,
                JAVA_INT,
                JAVA_LONG,
                JAVA_INT);
    }

    private static MemorySegment create(Foreign library) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(ADDRESS);
            Foreign.call("cublasCreate", library.function("cublasCreate_v2", ADDRESS), place);
            return place.get(ADDRESS, 0);
        }
    }

    @Override
    public String description() {
        return name;
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
        try {
            int status = (int) sgemm.invokeExact(
                    handle,
                    transposeB ? 1 : 0,
                    transposeA ? 1 : 0,
                    n,
                    m,
                    k,
                    one,
                    b,
                    transposeB ? k : n,
                    strideB,
                    a,
                    transposeA ? m : k,
                    strideA,
                    zero,
                    c,
                    n,
                    strideC,
                    batch);
            VendorException.check(status, "cublasSgemmStridedBatched");
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
