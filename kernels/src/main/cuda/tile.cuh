// The product of two panels by one block of threads: the inner body of matrix products and convolutions.
#pragma once
#include "common.cuh"
#include "results.cuh"

// A block computes ROWS × COLUMNS sums, each thread ROWS_PER_THREAD × COLUMNS_PER_THREAD of them in registers, in quads: the
// thread's rows are 4·threadRow + (0…3) and, if it has eight, the same half a tile further down; its columns likewise. Slabs of
// 8 terms pass through shared memory, double-buffered, so that one barrier per slab suffices.
//
// Registers of a thread and blocks on a multiprocessor of an H100 (65536 registers; ptxas for sm_90, nothing spills):
//
//   tile              128×128   64×128   64×64   32×128   32×32   32×32 F64
//   registers          ≤ 128     ≤ 168   ≤ 117    ≤ 115    ≤ 80     ≤ 117
//   shared memory, KB     19        15      11       13       7        13
//   blocks (warps)     2 (16)    3 (12)  4 (16)   4 (16)  12 (24)    8 (16)
template <typename Element, int ROWS, int COLUMNS, int ROWS_PER_THREAD, int COLUMNS_PER_THREAD>
struct Tile {
    using T = Element;
    static constexpr int rows = ROWS;
    static constexpr int columns = COLUMNS;
    static constexpr int rowsPerThread = ROWS_PER_THREAD;
    static constexpr int columnsPerThread = COLUMNS_PER_THREAD;
    static constexpr int threadRows = rows / rowsPerThread;
    static constexpr int threadColumns = columns / columnsPerThread;
    static constexpr int threads = threadRows * threadColumns;
    using Sums = T[rowsPerThread][columnsPerThread];

    static constexpr int depth = 8;
    // Four more than needed: eight successive terms of four successive rows, written at once, meet 32 different banks.
    static constexpr int leftPitch = rows + 4;
    static constexpr int rightPitch = columns + 4;
    static constexpr int stage = depth * (leftPitch + rightPitch);
    static constexpr int shared = 2 * stage;

    // Results leave through the same memory, so many thread rows at a time.
    static constexpr int threadRowsAtOnce(int most) {
        return most * rowsPerThread * columns <= shared ? most : threadRowsAtOnce(most / 2);
    }
    static constexpr int band = threadRowsAtOnce(threadRows);
    static constexpr int resultRows = band * rowsPerThread;
    static constexpr int resultPitch = columns;

    // The tile's row that lies in row r of that memory.
    __device__ __forceinline__ static int resultRow(int r, int pass) {
        constexpr int quads = band * 4;
        return r / quads * threadRows * 4 + pass * quads + r % quads;
    }

    // A warp is 4 × 8 threads: it reads 64 or 128 bytes of each panel at a time, all of them different or the same word.
    __device__ __forceinline__ static int threadRow() {
        int warp = threadIdx.x / 32;
        return warp / (threadColumns / 8) * 4 + threadIdx.x % 32 / 8;
    }

    __device__ __forceinline__ static int threadColumn() {
        int warp = threadIdx.x / 32;
        return warp % (threadColumns / 8) * 8 + threadIdx.x % 8;
    }
};

// `per / 4` quads of a row of a panel.
template <int PER, typename T>
__device__ __forceinline__ void read_quads(const T *panel, int first, int apart, T (&values)[PER]) {
#pragma unroll
    for (int q = 0; q < PER / 4; ++q) {
        Pack<T, 4> quad = *reinterpret_cast<const Pack<T, 4> *>(panel + q * apart + first);
#pragma unroll
        for (int i = 0; i < 4; ++i) values[q * 4 + i] = quad.at[i];
    }
}

// Adds to the sums the terms `from` (a multiple of 8) to `to`. The panels have two methods: fetch(k, to), which reads the terms k … k+7
// into registers, zeros beyond `to`, and is called for each slab in turn, with a barrier between; put(left, right), which writes
// them to shared memory as [term][row] and [term][column].
template <typename Shape, typename Panels, typename T = typename Shape::T>
__device__ __forceinline__ void multiply(
    Panels &panels, int from, int to, T *memory, typename Shape::Sums &sums) {
    int row = Shape::threadRow() * 4;
    int column = Shape::threadColumn() * 4;
    int filling = 0;
#pragma unroll 1
    for (int next = from;; next += Shape::depth) {
        bool more = next < to;
        if (more) panels.fetch(next, to);
        if (next > from) {
            const T *left = memory + Shape::stage - filling;
            const T *right = left + Shape::depth * Shape::leftPitch;
            // Two at a time: with more, ptxas spills.
#pragma unroll 2
            for (int d = 0; d < Shape::depth; ++d) {
                T a[Shape::rowsPerThread];
                T b[Shape::columnsPerThread];
                read_quads(left + d * Shape::leftPitch, row, Shape::threadRows * 4, a);
                read_quads(right + d * Shape::rightPitch, column, Shape::threadColumns * 4, b);
#pragma unroll
                for (int i = 0; i < Shape::rowsPerThread; ++i)
#pragma unroll
                    for (int j = 0; j < Shape::columnsPerThread; ++j) sums[i][j] = fma(a[i], b[j], sums[i][j]);
            }
        }
        if (!more) break;
        panels.put(memory + filling, memory + filling + Shape::depth * Shape::leftPitch);
        filling = Shape::stage - filling;
        __syncthreads();
    }
    __syncthreads();
}

// The block's results, from registers through shared memory.
template <typename Shape, typename Layout, typename T = typename Shape::T>
__device__ __forceinline__ void deliver(
    const Target<T> &target, int split, const Layout &layout,
    const typename Shape::Sums &sums, T *memory) {
#pragma unroll 1
    for (int pass = 0; pass < Shape::threadRows / Shape::band; ++pass) {
        if (Shape::threadRow() / Shape::band == pass) {
            T *to = memory + Shape::threadRow() % Shape::band * 4 * Shape::columns + Shape::threadColumn() * 4;
#pragma unroll
            for (int i = 0; i < Shape::rowsPerThread; ++i)
#pragma unroll
                for (int j = 0; j < Shape::columnsPerThread; j += 4) {
                    Pack<T, 4> quad = {{sums[i][j], sums[i][j + 1], sums[i][j + 2], sums[i][j + 3]}};
                    int row = i / 4 * Shape::band * 4 + i % 4;
                    *reinterpret_cast<Pack<T, 4> *>(to + row * Shape::columns + j * Shape::threadColumns) = quad;
                }
        }
        __syncthreads();
        deliver_results<Shape>(target, split, layout, memory, pass);
        __syncthreads();
    }
}
