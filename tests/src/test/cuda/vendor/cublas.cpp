// A stand-in for cuBLAS with the few functions that Backlight calls. Matrices are column-major.
#include <cstddef>

#include "work.h"

enum { Success = 0, InvalidValue = 7 };

VENDOR_API int cublasCreate_v2(Handle** handle) {
    *handle = new Handle;
    return Success;
}
VENDOR_API int cublasSetStream_v2(Handle* handle, void* stream) {
    handle->stream = stream;
    return Success;
}
VENDOR_API int cublasSetWorkspace_v2(Handle*, void* workspace, size_t) { return workspace ? Success : InvalidValue; }
VENDOR_API int cublasSetMathMode(Handle*, int) { return Success; }

VENDOR_API int cublasSgemmStridedBatched(Handle* handle, int transposeA, int transposeB, int m, int n, int k,
                                         const float* alpha, const float* a, int lda, long long strideA, const float* b,
                                         int ldb, long long strideB, const float* beta, float* c, int ldc, long long strideC,
                                         int batch) {
    if (lda < (transposeA ? k : m) || ldb < (transposeB ? n : k) || ldc < m || *beta != 0) return InvalidValue;
    float scale = *alpha;
    return enqueue(handle, [=] {
        for (int z = 0; z < batch; ++z) {
            for (int j = 0; j < n; ++j) {
                for (int i = 0; i < m; ++i) {
                    double sum = 0;
                    for (int p = 0; p < k; ++p) {
                        double left = a[z * strideA + (transposeA ? size_t(i) * lda + p : size_t(p) * lda + i)];
                        sum += left * b[z * strideB + (transposeB ? size_t(p) * ldb + j : size_t(j) * ldb + p)];
                    }
                    c[z * strideC + size_t(j) * ldc + i] = float(scale * sum);
                }
            }
        }
    });
}
