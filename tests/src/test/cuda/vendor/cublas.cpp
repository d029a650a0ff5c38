// A stand-in for cuBLAS with the few functions that Backlight calls. Matrices are column-major.
#include <cstddef>

#include "work.h"

constexpr int InvalidValue = 7;

constexpr int kPedantic = 2, kTf32 = 3;
/// What cuBLAS takes of its own for Hopper; it is to be given as much.
constexpr size_t kWorkspace = size_t(32) << 20;

VENDOR_API long cublasEmuGiven() { return given; }
VENDOR_API int cublasCreate_v2(Handle** handle) {
    if (fails("cublasCreate_v2")) return Failed;
    *handle = new Handle;
    return Success;
}
VENDOR_API int cublasSetStream_v2(Handle* handle, void* stream) {
    handle->stream = stream;
    return Success;
}
VENDOR_API int cublasSetWorkspace_v2(Handle* handle, void* workspace, size_t bytes) {
    handle->workspace = static_cast<char*>(workspace);
    handle->workspaceBytes = bytes;
    return workspace && bytes == kWorkspace ? Success : InvalidValue;
}
VENDOR_API int cublasSetMathMode(Handle* handle, int mode) {
    handle->math = mode;
    return mode == kPedantic || mode == kTf32 ? Success : InvalidValue;
}

VENDOR_API int cublasSgemmStridedBatched(Handle* handle, int transposeA, int transposeB, int m, int n, int k,
                                         const float* alpha, const float* a, int lda, long long strideA, const float* b,
                                         int ldb, long long strideB, const float* beta, float* c, int ldc, long long strideC,
                                         int batch) {
    if (lda < (transposeA ? k : m) || ldb < (transposeB ? n : k) || ldc < m || *beta != 0) return InvalidValue;
    if (!handle->workspace || handle->math < 0) return InvalidValue;
    float scale = *alpha;
    char* workspace = handle->workspace;
    size_t bytes = handle->workspaceBytes;
    return enqueue(handle, "cublasSgemmStridedBatched", [=] {
        workspace[0] = workspace[bytes - 1] = 1;
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
