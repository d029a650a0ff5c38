// Convolution, its input gradient and its weight gradient as products of matrices that exist only as index maps.
#include "tile.cuh"

#include "convolution.cuh"

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
