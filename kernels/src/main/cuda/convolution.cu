// Convolution, its input gradient and its weight gradient as products of matrices that exist only as index maps.
#include "gathered_panels.cuh"
#include "lane_panels.cuh"
#include "partition.cuh"
#include "tile.cuh"

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
    T sums[Shape::rowsPerThread][Shape::columnsPerThread] = {};
    if (part.from < part.to) {
        GatheredTerms &terms = *reinterpret_cast<GatheredTerms *>(memory + Shape::shared);
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
    T sums[Shape::rowsPerThread][Shape::columnsPerThread] = {};
    if (part.from < part.to) {
        LaneTerms<Shape::columns> &terms = *reinterpret_cast<LaneTerms<Shape::columns> *>(memory + Shape::shared);
        LanePanels<Shape> panels(g, terms, block.batch, block.row, block.column, part.from);
        multiply<Shape>(panels, part.from, part.to, memory, sums);
    }
    deliver<Shape>(g.target, block.split, layout, sums, memory);
}

#define KERNELS(name, type, blocks, ...)                                                                        \
    extern "C" __global__ void __launch_bounds__(Tile<type, __VA_ARGS__>::threads, blocks)                      \
        convolution_gathered_##name(const GatheredConvolution<type> convolution) {                             \
        convolve<Tile<type, __VA_ARGS__>>(convolution);                                                         \
    }                                                                                                           \
    extern "C" __global__ void __launch_bounds__(Tile<type, __VA_ARGS__>::threads, blocks)                      \
        convolution_weight_gradient_##name(const WeightGradient<type> gradient) {                              \
        convolve_weight_gradient<Tile<type, __VA_ARGS__>>(gradient);                                            \
    }

KERNELS(128x128_f32, float, 2, 128, 128, 8, 8)
KERNELS(64x128_f32, float, 3, 64, 128, 8, 8)
KERNELS(64x64_f32, float, 4, 64, 64, 8, 4)
KERNELS(32x128_f32, float, 4, 32, 128, 4, 8)
KERNELS(32x32_f32, float, 8, 32, 32, 4, 4)
KERNELS(32x32_f64, double, 4, 32, 32, 4, 4)
