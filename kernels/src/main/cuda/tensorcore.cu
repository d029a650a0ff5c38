// Matrix products and convolutions on tensor cores, in TF32: launched only where the user asks for that precision.
#include "tensor_tile.cuh"

#include "convolution.cuh"
#include "matmul.cuh"

#define KERNELS(name, blocks, ...)                                                                        \
    extern "C" __global__ void __launch_bounds__(TensorTile<__VA_ARGS__>::threads, blocks)                \
        matmul_##name(const MatrixProduct<float> product) {                                               \
        multiply_matrices<TensorTile<__VA_ARGS__>>(product);                                              \
    }                                                                                                     \
    extern "C" __global__ void __launch_bounds__(TensorTile<__VA_ARGS__>::threads, blocks)                \
        convolution_gathered_##name(const GatheredConvolution<float> convolution) {                      \
        convolve<TensorTile<__VA_ARGS__>>(convolution);                                                   \
    }                                                                                                     \
    extern "C" __global__ void __launch_bounds__(TensorTile<__VA_ARGS__>::threads, blocks)                \
        convolution_weight_gradient_##name(const WeightGradient<float> gradient) {                       \
        convolve_weight_gradient<TensorTile<__VA_ARGS__>>(gradient);                                      \
    }

KERNELS(128x128_tf32, 2, 128, 128, 64, 32)
KERNELS(64x64_tf32, 4, 64, 64, 32, 32)
