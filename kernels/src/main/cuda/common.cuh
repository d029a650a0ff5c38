// What all kernels share. One source, two compilers: nvcc for devices, g++ -std=c++20 for the tests' emulator, whose
// header defines the used part of CUDA on the CPU and everything that stands under __CUDACC__ here.
//
// Both compile without contraction (-fmad=false, -ffp-contract=off): a fused multiply-add is written fma(), so that
// a chain of functions gives the same bits as its links one by one, and the emulator the same as the device where
// libraries agree.
#pragma once

#ifdef __CUDACC__

// Shared memory whose size the launch gives.
#define DYNAMIC_SHARED(type, name)                                    \
    extern __shared__ __align__(16) unsigned char dynamic_shared[];   \
    type *name = reinterpret_cast<type *>(dynamic_shared)

// Asynchronous copies from global to shared memory of 4 or 16 bytes (both addresses aligned to that); where not
// valid, zeros are written and the source is not read. They are complete for this thread after copy_async_wait.
__device__ __forceinline__ void copy_async_4(void *shared, const void *global, bool valid) {
    unsigned to = static_cast<unsigned>(__cvta_generic_to_shared(shared));
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(to), "l"(global), "r"(valid ? 4 : 0) : "memory");
}

__device__ __forceinline__ void copy_async_16(void *shared, const void *global, bool valid) {
    unsigned to = static_cast<unsigned>(__cvta_generic_to_shared(shared));
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(global), "r"(valid ? 16 : 0) : "memory");
}

// Ends a group of copies.
__device__ __forceinline__ void copy_async_commit() {
    asm volatile("cp.async.commit_group;" ::: "memory");
}

// Waits until all but the latest `pending` groups are complete.
template <int pending>
__device__ __forceinline__ void copy_async_wait() {
    asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}

// Rounds to TF32, to the nearest, ties away from zero.
__device__ __forceinline__ unsigned to_tf32(float value) {
    unsigned bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value));
    return bits;
}

// D(16x8) += A(16x8)·B(8x8) in TF32 by one warp, accumulated in F32. Lane l holds, with g = l/4 and t = l%4: A's
// (g,t), (g+8,t), (g,t+4), (g+8,t+4); B's (t,g), (t+4,g); D's (g,2t), (g,2t+1), (g+8,2t), (g+8,2t+1).
__device__ __forceinline__ void mma_m16n8k8_tf32(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

#else
#include "emulator.h"
#endif

// A struct that a launch passes by value: read where it lies, and never copied to a thread's own memory.
#define BY_VALUE const __grid_constant__

// Elements that one 16-byte access moves.
template <typename T>
constexpr int PACK = 16 / sizeof(T);

// N neighbouring elements, moved together where they are aligned to 16 bytes.
template <typename T, int N = PACK<T>>
struct alignas(sizeof(T) * N < 16 ? sizeof(T) * N : 16) Pack {
    T at[N];
};

__device__ __forceinline__ bool is_aligned_16(const void *address) {
    return (reinterpret_cast<unsigned long long>(address) & 15) == 0;
}

// The number of this thread in a grid of one dimension; it may exceed 2^31.
__device__ __forceinline__ long long global_thread() {
    return static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
}
