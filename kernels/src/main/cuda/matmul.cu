// Batched products of matrices, either operand stored as it is or transposed; also convolutions of 1×1 windows with stride 1.
#include "matrix_panels.cuh"
#include "partition.cuh"
#include "tile.cuh"

template <typename Shape, typename T = typename Shape::T>
__device__ __forceinline__ void multiply_matrices(const MatrixProduct<T> &product) {
    DYNAMIC_SHARED(T, memory);
    Block block = Block::of<Shape>(product.a.lines, product.b.lines, product.batches, 1);
    Part part = Part::of<Shape>(product.depth, product.splits, block.split);
    T sums[Shape::rowsPerThread][Shape::columnsPerThread] = {};
    MatrixPanels<Shape> panels(product, block.batch, block.row, block.column);
    multiply<Shape>(panels, part.from, part.to, memory, sums);
    MatrixLayout<T> layout{product, block.batch, block.row, block.column};
    deliver<Shape>(product.target, block.split, layout, sums, memory);
}

#define KERNEL(name, type, blocks, ...)                                                    \
    extern "C" __global__ void __launch_bounds__(Tile<type, __VA_ARGS__>::threads, blocks) \
        matmul_##name(const MatrixProduct<type> product) {                                 \
        multiply_matrices<Tile<type, __VA_ARGS__>>(product);                               \
    }

KERNEL(128x128_f32, float, 2, 128, 128, 8, 8)
KERNEL(64x128_f32, float, 3, 64, 128, 8, 8)
KERNEL(64x64_f32, float, 4, 64, 64, 8, 4)
KERNEL(32x128_f32, float, 4, 32, 128, 4, 8)
KERNEL(32x32_f32, float, 8, 32, 32, 4, 4)
KERNEL(32x32_f64, double, 4, 32, 32, 4, 4)
