// The index of the largest element along an axis, the first of equals. As a comparison x[k] > x[best] in turn has
// it, NaN never wins, save at index 0, where it is never beaten.
// Floor: the input read once.
#include "layout.cuh"
#include "values.cuh"

constexpr int THREADS = 256;

struct Candidate {
    double value;
    long long index;  // negative: none
};

__device__ __forceinline__ Candidate better(Candidate a, Candidate b) {
    bool second = a.index < 0 || (b.index >= 0 && (b.value > a.value || (b.value == a.value && b.index < a.index)));
    return second ? b : a;
}

// One output by `group` neighbouring threads, a power of two. The axis has `size` elements, `inner` apart.
template <typename T>
__device__ __forceinline__ void arg_max(
        int group, long long outputs, long long size, long long inner, const T *x, long long *out) {
    __shared__ Candidate shared[THREADS];
    int lane = threadIdx.x % group;
    long long output = static_cast<long long>(blockIdx.x) * (THREADS / group) + threadIdx.x / group;
    Candidate best = {0, -1};
    if (output < outputs) {
        const T *from = x + output / inner * inner * size + output % inner;
        for (long long k = lane; k < size; k += group) {
            double value = static_cast<double>(from[k * inner]);
            if (k == 0 && value != value) {
                value = infinity();
            }
            if (value == value) {
                best = better(best, {value, k});
            }
        }
    }
    shared[threadIdx.x] = best;
    for (int half = group / 2; half > 0; half /= 2) {
        __syncthreads();
        if (lane < half) {
            shared[threadIdx.x] = better(shared[threadIdx.x], shared[threadIdx.x + half]);
        }
    }
    if (output < outputs && lane == 0) {
        out[output] = shared[threadIdx.x].index;
    }
}

#define TYPED(suffix, T)                                                                                              \
    extern "C" __global__ void __launch_bounds__(THREADS) argmax_along_##suffix(                                      \
            int group, long long outputs, long long size, long long inner, const T *x, long long *out) {              \
        arg_max(group, outputs, size, inner, x, out);                                                                 \
    }

TYPED(f32, float)
TYPED(f64, double)
TYPED(i64, long long)
