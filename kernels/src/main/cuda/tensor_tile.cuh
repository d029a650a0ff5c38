// The product of two panels by one block of threads on tensor cores, in TF32.
#pragma once
#include "common.cuh"
#include "results.cuh"

// A warp computes WARP_ROWS × WARP_COLUMNS sums in pieces of 16×8. Slabs of 16 terms are copied to shared memory three ahead,
// asynchronously. Operands are rounded to TF32, to the nearest, as they leave it; sums are F32.
//
// On an H100 (ptxas for sm_90, nothing spills): 128×128 takes 120 registers and 73 KB of shared memory, 2 blocks (16 warps) on a
// multiprocessor; 64×64 takes 90 and 41 KB, 5 blocks (20 warps).
template <int ROWS, int COLUMNS, int WARP_ROWS, int WARP_COLUMNS>
struct TensorTile {
    using T = float;
    static constexpr int rows = ROWS;
    static constexpr int columns = COLUMNS;
    static constexpr int warpRows = WARP_ROWS;
    static constexpr int warpColumns = WARP_COLUMNS;
    static constexpr int warpsAcross = columns / warpColumns;
    static constexpr int threads = rows / warpRows * warpsAcross * 32;
    static constexpr int down = warpRows / 16;
    static constexpr int across = warpColumns / 8;
    using Sums = float[down][across][4];

    static constexpr int depth = 16;
    static constexpr int stages = 4;
    // Eight more than needed: the four terms and eight rows that a warp reads at a time lie in 32 different banks.
    static constexpr int leftPitch = rows + 8;
    static constexpr int rightPitch = columns + 8;
    static constexpr int stage = depth * (leftPitch + rightPitch);
    static constexpr int shared = stages * stage;

    // All results leave at once.
    static constexpr int resultRows = rows;
    static constexpr int resultPitch = columns + 8;
    static_assert(resultRows * resultPitch <= shared);

    __device__ __forceinline__ static int resultRow(int r, int) { return r; }

    // The first row and column of this thread's warp.
    __device__ __forceinline__ static int row() { return threadIdx.x / 32 / warpsAcross * warpRows; }
    __device__ __forceinline__ static int column() { return threadIdx.x / 32 % warpsAcross * warpColumns; }
};

// Adds the products of a slab's terms.
template <typename Shape>
__device__ __forceinline__ void add_slab(
    const float *left, const float *right, typename Shape::Sums &sums) {
    int group = threadIdx.x % 32 / 4;
    int lane = threadIdx.x % 4;
    left += lane * Shape::leftPitch + Shape::row() + group;
    right += lane * Shape::rightPitch + Shape::column() + group;
#pragma unroll
    for (int k = 0; k < Shape::depth; k += 8) {
        unsigned b[Shape::across][2];
#pragma unroll
        for (int j = 0; j < Shape::across; ++j)
#pragma unroll
            for (int e = 0; e < 2; ++e) b[j][e] = to_tf32(right[(k + 4 * e) * Shape::rightPitch + j * 8]);
#pragma unroll
        for (int i = 0; i < Shape::down; ++i) {
            unsigned a[4];
#pragma unroll
            for (int e = 0; e < 4; ++e) {
                a[e] = to_tf32(left[(k + e / 2 * 4) * Shape::leftPitch + i * 16 + e % 2 * 8]);
            }
#pragma unroll
            for (int j = 0; j < Shape::across; ++j) mma_m16n8k8_tf32(sums[i][j], a, b[j]);
        }
    }
}

// Adds to the sums the terms `from` (a multiple of a slab) to `to`. The panels' copy(k, to, left, right) is called for each slab in turn,
// with a barrier between.
template <typename Shape, typename Panels>
__device__ __forceinline__ void multiply(
    Panels &panels, int from, int to, float *memory, typename Shape::Sums &sums) {
    constexpr int ahead = Shape::stages - 1;
    int slabs = (to - from + Shape::depth - 1) / Shape::depth;
#pragma unroll 1
    for (int s = -ahead; s < slabs; ++s) {
        copy_async_wait<ahead - 1>();
        __syncthreads();
        int next = s + ahead;
        if (next < slabs) {
            float *stage = memory + next % Shape::stages * Shape::stage;
            panels.copy(from + next * Shape::depth, to, stage, stage + Shape::depth * Shape::leftPitch);
        }
        copy_async_commit();
        if (s >= 0) {
            const float *stage = memory + s % Shape::stages * Shape::stage;
            add_slab<Shape>(stage, stage + Shape::depth * Shape::leftPitch, sums);
        }
    }
    copy_async_wait<0>();
    __syncthreads();
}

template <typename Shape, typename Layout>
__device__ __forceinline__ void deliver(
    const Target<float> &target, int split, const Layout &layout, const typename Shape::Sums &sums,
    float *memory) {
    int row = Shape::row() + threadIdx.x % 32 / 4;
    int column = Shape::column() + threadIdx.x % 4 * 2;
#pragma unroll
    for (int i = 0; i < Shape::down; ++i)
#pragma unroll
        for (int j = 0; j < Shape::across; ++j)
#pragma unroll
            for (int e = 0; e < 2; ++e) {
                Pack<float, 2> pair = {{sums[i][j][2 * e], sums[i][j][2 * e + 1]}};
                int place = (row + i * 16 + e * 8) * Shape::resultPitch + column + j * 8;
                *reinterpret_cast<Pack<float, 2> *>(memory + place) = pair;
            }
    __syncthreads();
    deliver_results<Shape>(target, split, layout, memory, 0);
}
