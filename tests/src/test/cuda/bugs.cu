// One planted bug per kernel, each of a kind that a mode of the emulator is there to catch, and some kernels without a bug.
#include "emulator.h"

#define KERNEL extern "C" __global__ void

KERNEL fill(float *y, float value, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = value;
}

// Reverses 256 elements through shared memory.
KERNEL reverse(const float *x, float *y) {
    __shared__ float s[256];
    s[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    y[threadIdx.x] = s[255 - threadIdx.x];
}

KERNEL reverse_without_barrier(const float *x, float *y) {
    __shared__ float s[256];
    s[threadIdx.x] = x[threadIdx.x];
    y[threadIdx.x] = s[255 - threadIdx.x];
}

KERNEL past_the_end(float *y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i <= n) y[i] = 1.0f;
}

KERNEL past_shared_memory(float *y) {
    __shared__ float s[64];
    __shared__ float other[64];
    other[threadIdx.x] = 0.0f;
    s[threadIdx.x + 1] = 2.0f;
    __syncthreads();
    y[threadIdx.x] = s[threadIdx.x] + other[threadIdx.x];
}

KERNEL past_dynamic_shared_memory(float *y) {
    DYNAMIC_SHARED(float, s);
    s[threadIdx.x + 1] = 2.0f;
    __syncthreads();
    y[threadIdx.x] = s[threadIdx.x];
}

KERNEL different_barriers(float *y) {
    if (threadIdx.x < 40) __syncthreads();
    else
        __syncthreads();
    y[threadIdx.x] = 1.0f;
}

KERNEL barrier_of_some(float *y) {
    if (threadIdx.x >= 40) return;
    __syncthreads();
    y[threadIdx.x] = 1.0f;
}

KERNEL waits_forever(float *y) {
    if (threadIdx.x < 16) y[threadIdx.x] = __shfl_down_sync(0xffffffffu, 1.0f, 1);
    __syncthreads();
}

KERNEL unwritten_shared_memory(float *y) {
    __shared__ float s[64];
    if (threadIdx.x < 32) s[threadIdx.x] = 1.0f;
    __syncthreads();
    y[threadIdx.x] = s[threadIdx.x];
}

KERNEL misaligned(const float *x, float *y) {
    float4 four = *reinterpret_cast<const float4 *>(x + 1);
    *reinterpret_cast<float4 *>(y) = four;
}

KERNEL unawaited_copy(const float *x, float *y) {
    __shared__ float s[64];
    copy_async_4(s + threadIdx.x, x + threadIdx.x, true);
    copy_async_commit();
    y[threadIdx.x] = s[threadIdx.x];
}

KERNEL awaited_copy(const float *x, float *y) {
    __shared__ float s[64];
    copy_async_4(s + threadIdx.x, x + threadIdx.x, threadIdx.x % 2 == 0);
    copy_async_commit();
    copy_async_wait<0>();
    y[threadIdx.x] = s[threadIdx.x];
}

// y[0] is the sum of 32 elements, y[1] a bit for each positive one, y[2] their number.
KERNEL warp_functions(const float *x, float *y) {
    float sum = x[threadIdx.x];
    for (int d = 16; d > 0; d /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, d);
    unsigned positive = __ballot_sync(0xffffffffu, x[threadIdx.x] > 0.0f);
    int count = __syncthreads_count(x[threadIdx.x] > 0.0f);
    if (threadIdx.x == 0) {
        y[0] = sum;
        y[1] = __uint_as_float(positive);
        y[2] = static_cast<float>(count);
    }
}

// All threads of all blocks.
KERNEL counted(int *count) {
    atomicAdd(count, 1);
}

// D(16x8) = A(16x8)·B(8x8), by one warp.
KERNEL tile_product(const float *a, const float *b, float *d) {
    int g = threadIdx.x / 4, t = threadIdx.x % 4;
    float sum[4] = {};
    unsigned left[4] = {to_tf32(a[g * 8 + t]), to_tf32(a[(g + 8) * 8 + t]), to_tf32(a[g * 8 + t + 4]),
                        to_tf32(a[(g + 8) * 8 + t + 4])};
    unsigned right[2] = {to_tf32(b[t * 8 + g]), to_tf32(b[(t + 4) * 8 + g])};
    mma_m16n8k8_tf32(sum, left, right);
    d[g * 8 + 2 * t] = sum[0];
    d[g * 8 + 2 * t + 1] = sum[1];
    d[(g + 8) * 8 + 2 * t] = sum[2];
    d[(g + 8) * 8 + 2 * t + 1] = sum[3];
}
