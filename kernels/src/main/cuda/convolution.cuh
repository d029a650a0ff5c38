// What a block of threads does for a convolution, its input gradient or its weight gradient, with tiles of either kind.
#pragma once
#include "gathered_panels.cuh"
#include "lane_panels.cuh"
#include "partition.cuh"

template <typename Shape, typename T = typename Shape::T>
__device__ __forceinline__ void convolve(const GatheredConvolution<T> &c) {
    DYNAMIC_SHARED(T, memory);
    Block block = Block::of<Shape>(c.rows, c.columns(), c.groups, c.y.every * c.x.every);
    Phase y = c.y.phase(block.phase / c.x.every);
    Phase x = c.x.phase(block.phase % c.x.every);
    int pixels = y.count * x.count;
    if (block.column >= c.images * pixels) return;
    GatheredLayout<T> layout(c, y, x, block.batch, block.row, block.column);
    Part part = Part::of<Shape>(c.channels * y.taps * x.taps, c.splits, block.split);
    typename Shape::Sums sums = {};
    if (part.from < part.to) {
        auto &terms = *reinterpret_cast<GatheredTerms<Shape::depth> *>(memory + Shape::shared);
        GatheredPanels<Shape> panels(c, terms, y, x, block.batch, block.row, block.column, part.from);
        multiply<Shape>(panels, part.from, part.to, memory, sums);
    }
    deliver<Shape>(c.target, block.split, layout, sums, memory);
}

template <typename Shape, typename T = typename Shape::T>
__device__ __forceinline__ void convolve_weight_gradient(const WeightGradient<T> &g) {
    DYNAMIC_SHARED(T, memory);
    Block block = Block::of<Shape>(g.rows, g.columns, g.groups, 1);
    Part part = Part::of<Shape>(g.depth, g.splits, block.split);
    LaneLayout layout{g.rows - block.row, g.columns - block.column,
                      (static_cast<long long>(block.batch) * g.rows + block.row) * g.columns + block.column, g.columns};
    typename Shape::Sums sums = {};
    if (part.from < part.to) {
        auto &terms = *reinterpret_cast<LaneTerms<Shape::depth, Shape::columns> *>(memory + Shape::shared);
        LanePanels<Shape> panels(g, terms, block.batch, block.row, block.column, part.from);
        multiply<Shape>(panels, part.from, part.to, memory, sums);
    }
    deliver<Shape>(g.target, block.split, layout, sums, memory);
}
