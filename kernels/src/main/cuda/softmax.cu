// e^x / sum e^x along one axis, or its logarithm, from e^(x-m) with m the row's largest element. Short rows stay in the
// registers of a warp or a part of one; long rows are read three times, for their largest element, for the sum and to
// be written, by a block alone or, where neighbouring rows are neighbours in memory, by a block for 32 of them. Sums are
// accumulated in F64 and combined in a fixed order, so that equal inputs give equal bits. The output may be the input:
// an element is written by the only thread that still reads it.
// Floor: the input read once and the output written once.
#include "functions.cuh"
#include "values.cuh"

constexpr int THREADS = 256;
constexpr unsigned WHOLE_WARP = 0xffffffffu;

struct Softmax {
    int isLogarithm;
    int group;        // threads that share a short row: a power of two, a warp at most
    long long rows;
    long long size;   // elements of a row
    long long inner;  // from one of them to the next

    __device__ __forceinline__ long long first(long long row) const {
        return row / inner * inner * size + row % inner;
    }
};

template <typename T>
__device__ __forceinline__ T lowest() {
    return static_cast<T>(-infinity());
}

// What all elements of a row are scaled by, or have subtracted.
template <typename T>
__device__ __forceinline__ T divisor_of(const Softmax &s, double sum) {
    return static_cast<T>(s.isLogarithm ? logarithm(sum) : 1 / sum);
}

// The results of a group's lanes as one, the same bits in every lane: both of a pair compute a sum of the same two.
template <typename T>
__device__ __forceinline__ T group_maximum(T value, int group) {
    for (int apart = group / 2; apart > 0; apart /= 2) {
        value = maximum(value, __shfl_xor_sync(WHOLE_WARP, value, apart));
    }
    return value;
}

__device__ __forceinline__ double group_sum(double value, int group) {
    for (int apart = group / 2; apart > 0; apart /= 2) {
        value += __shfl_xor_sync(WHOLE_WARP, value, apart);
    }
    return value;
}

// Rows of up to group*HELD elements, each by a group of neighbouring threads that hold them.
template <int HELD, typename T>
__device__ __forceinline__ void held(const Softmax &s, const T *x, T *out) {
    int lane = threadIdx.x % s.group;
    long long row = static_cast<long long>(blockIdx.x) * (THREADS / s.group) + threadIdx.x / s.group;
    int size = row < s.rows ? static_cast<int>(s.size) : 0;
    long long first = size > 0 ? s.first(row) : 0;
    T values[HELD];
    T largest = lowest<T>();
#pragma unroll
    for (int k = 0; k < HELD; k++) {
        int at = lane + k * s.group;
        values[k] = at < size ? x[first + at * s.inner] : lowest<T>();
        largest = maximum(largest, values[k]);
    }
    largest = group_maximum(largest, s.group);
    double sum = 0;
#pragma unroll
    for (int k = 0; k < HELD; k++) {
        if (lane + k * s.group < size) {
            T difference = values[k] - largest;
            T e = exponential(difference);
            sum += static_cast<double>(e);
            values[k] = s.isLogarithm ? difference : e;
        }
    }
    T divisor = divisor_of<T>(s, group_sum(sum, s.group));
#pragma unroll
    for (int k = 0; k < HELD; k++) {
        int at = lane + k * s.group;
        if (at < size) {
            out[first + at * s.inner] = s.isLogarithm ? values[k] - divisor : values[k] * divisor;
        }
    }
}

// Elements that a thread asks memory for together.
constexpr int AT_ONCE = 4;

// Gives a thread its share of a row: every `lanes`-th element, from number `lane` on.
template <typename T, typename Action>
__device__ __forceinline__ void for_each_of(const Softmax &s, const T *row, int lane, int lanes, Action action) {
    for (long long k = lane; k < s.size; k += AT_ONCE * lanes) {
        T values[AT_ONCE];
#pragma unroll
        for (int j = 0; j < AT_ONCE; j++) {
            long long at = k + j * lanes;
            values[j] = row[(at < s.size ? at : k) * s.inner];
        }
#pragma unroll
        for (int j = 0; j < AT_ONCE; j++) {
            if (k + j * lanes < s.size) {
                action(k + j * lanes, values[j]);
            }
        }
    }
}

// The values of one row's threads, which stand COLUMNS apart, become one in the place of the first.
template <int COLUMNS, typename T, typename Join>
__device__ __forceinline__ T joined(T value, T *shared, Join join) {
    shared[threadIdx.x] = value;
#pragma unroll
    for (int half = THREADS / 2; half >= COLUMNS; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half) {
            shared[threadIdx.x] = join(shared[threadIdx.x], shared[threadIdx.x + half]);
        }
    }
    __syncthreads();
    return shared[threadIdx.x % COLUMNS];
}

// COLUMNS neighbouring rows by a block, whose other threads share them.
template <int COLUMNS, typename T>
__device__ __forceinline__ void shared_by_block(const Softmax &s, const T *x, T *out) {
    constexpr int LANES = THREADS / COLUMNS;
    __shared__ T maxima[THREADS];
    __shared__ double sums[THREADS];
    int lane = threadIdx.x / COLUMNS;
    long long row = static_cast<long long>(blockIdx.x) * COLUMNS + threadIdx.x % COLUMNS;
    bool exists = row < s.rows;
    long long first = exists ? s.first(row) : 0;
    T largest = lowest<T>();
    if (exists) {
        for_each_of(s, x + first, lane, LANES, [&](long long, T value) { largest = maximum(largest, value); });
    }
    largest = joined<COLUMNS>(largest, maxima, [](T a, T b) { return maximum(a, b); });
    double sum = 0;
    if (exists) {
        for_each_of(s, x + first, lane, LANES, [&](long long, T value) {
            sum += static_cast<double>(exponential(value - largest));
        });
    }
    sum = joined<COLUMNS>(sum, sums, [](double a, double b) { return a + b; });
    if (exists) {
        T divisor = divisor_of<T>(s, sum);
        for_each_of(s, x + first, lane, LANES, [&](long long k, T value) {
            T difference = value - largest;
            out[first + k * s.inner] = s.isLogarithm ? difference - divisor : exponential(difference) * divisor;
        });
    }
}

#define TYPED(suffix, T)                                                                                              \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                             \
            softmax_held8_##suffix(BY_VALUE Softmax s, const T *x, T *out) {                                          \
        held<8>(s, x, out);                                                                                           \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                             \
            softmax_held32_##suffix(BY_VALUE Softmax s, const T *x, T *out) {                                         \
        held<32>(s, x, out);                                                                                          \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                             \
            softmax_rows_##suffix(BY_VALUE Softmax s, const T *x, T *out) {                                           \
        shared_by_block<1>(s, x, out);                                                                                \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                             \
            softmax_columns_##suffix(BY_VALUE Softmax s, const T *x, T *out) {                                        \
        shared_by_block<32>(s, x, out);                                                                               \
    }

TYPED(f32, float)
TYPED(f64, double)
