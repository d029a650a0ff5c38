// The second pass of a split sum: adds the parts in their order, so that equal inputs give equal bits.
#include "target.cuh"

template <typename T>
struct SplitSum {
    Target<T> target;
    int splits;
    // of the output, for the epilogue's channel: element / plane % channels
    int plane, channels;
};

template <int COUNT, typename T>
__device__ __forceinline__ void add_parts(const SplitSum<T> &sum) {
    const Target<T> &target = sum.target;
    long long step = static_cast<long long>(gridDim.x) * blockDim.x * COUNT;
    for (long long i = global_thread() * COUNT; i < target.elements; i += step) {
        Pack<T, COUNT> total = *reinterpret_cast<const Pack<T, COUNT> *>(target.parts + i);
#pragma unroll 4
        for (int s = 1; s < sum.splits; ++s) {
            Pack<T, COUNT> part = *reinterpret_cast<const Pack<T, COUNT> *>(target.parts + s * target.elements + i);
#pragma unroll
            for (int j = 0; j < COUNT; ++j) total.at[j] += part.at[j];
        }
        int channel = static_cast<int>(i / sum.plane % sum.channels);
        *reinterpret_cast<Pack<T, COUNT> *>(target.out + i) = target.epilogue.apply(total, i, channel);
    }
}

#define KERNEL(type, suffix)                                                                           \
    extern "C" __global__ void __launch_bounds__(256) split_sum_##suffix(const SplitSum<type> sum) {   \
        if (sum.target.epilogue.packed) {                                                                       \
            add_parts<4>(sum);                                                                         \
        } else {                                                                                       \
            add_parts<1>(sum);                                                                         \
        }                                                                                              \
    }

KERNEL(float, f32)
KERNEL(double, f64)
