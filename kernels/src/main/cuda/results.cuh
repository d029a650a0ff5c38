// A tile's results, from shared memory to where they go.
#pragma once
#include "target.cuh"

// A thread keeps its columns from row to row.
template <typename Shape, int COUNT, typename Layout, typename T = typename Shape::T>
__device__ __forceinline__ void deliver_packs(
    const Target<T> &target, int split, const Layout &layout, const T *memory, int pass) {
    constexpr int across = Shape::columns / COUNT;
    int column = threadIdx.x % across * COUNT;
    long long place = layout.column(column);
    if (place < 0) return;
#pragma unroll 1
    for (int r = threadIdx.x / across; r < Shape::resultRows; r += Shape::threads / across) {
        int row = Shape::resultRow(r, pass);
        if (layout.hasRow(row)) {
            Pack<T, COUNT> sums = *reinterpret_cast<const Pack<T, COUNT> *>(memory + r * Shape::resultPitch + column);
            target.template write<Layout::hasEpilogue>(sums, layout.row(row) + place, layout.channel(row), split);
        }
    }
}

// Results go through shared memory, so that a row is written by successive threads and the epilogue is compiled once rather than
// for every register that holds a sum.
//
// Layout: hasEpilogue; hasRow(m); row(m), where row m begins; column(n), what column n adds, or −1 where there is none; channel(m).
template <typename Shape, typename Layout, typename T = typename Shape::T>
__device__ __forceinline__ void deliver_results(
    const Target<T> &target, int split, const Layout &layout, const T *memory, int pass) {
    if (target.epilogue.packed) {
        deliver_packs<Shape, 4>(target, split, layout, memory, pass);
    } else {
        deliver_packs<Shape, 1>(target, split, layout, memory, pass);
    }
}
