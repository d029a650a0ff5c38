// Batched products of matrices, either operand stored as it is or transposed; also convolutions of 1×1 windows with stride 1.
#include "tile.cuh"

#include "matmul.cuh"

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
