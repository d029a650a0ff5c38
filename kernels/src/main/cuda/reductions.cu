// Sums, maxima, minima and products summed per channel. What one output takes in is cut into pieces of a length that
// depends on shapes alone; threads accumulate in F64 and are combined in a fixed order, so that equal inputs give
// equal bits.
// Floor: the input read once.
#include "layout.cuh"
#include "values.cuh"

enum { SUM = 0, MAXIMUM = 1, MINIMUM = 2, DOT = 3 };

constexpr int THREADS = 256;

// `kept` walks the outputs, `reduced` what one output takes in; both with their strides in the input.
struct Reduction {
    int function;
    int group;  // threads that share an output: a power of two
    int pieces;
    int unused;
    long long pieceTerms;
    Extents kept;
    Strides keptStrides;
    Extents reduced;
    Strides reducedStrides;
};

__device__ __forceinline__ double identity(int function) {
    return function == MAXIMUM ? -infinity() : function == MINIMUM ? infinity() : 0.0;
}

// NaN wins over numbers.
__device__ __forceinline__ double joined(int function, double a, double b) {
    switch (function) {
        case MAXIMUM: return a > b || a != a ? a : b;
        case MINIMUM: return a < b || a != a ? a : b;
        default: return a + b;
    }
}

// Takes one value into each of a thread's running results.
template <int N>
__device__ __forceinline__ void join_each(int function, double (&results)[N], const double (&values)[N]) {
    switch (function) {
        case MAXIMUM:
#pragma unroll
            for (int k = 0; k < N; k++) {
                results[k] = joined(MAXIMUM, results[k], values[k]);
            }
            break;
        case MINIMUM:
#pragma unroll
            for (int k = 0; k < N; k++) {
                results[k] = joined(MINIMUM, results[k], values[k]);
            }
            break;
        default:
#pragma unroll
            for (int k = 0; k < N; k++) {
                results[k] += values[k];
            }
    }
}

template <int N>
__device__ __forceinline__ double join_all(int function, const double (&results)[N]) {
    double result = results[0];
#pragma unroll
    for (int k = 1; k < N; k++) {
        result = joined(function, result, results[k]);
    }
    return result;
}

template <int N>
__device__ __forceinline__ void begin_each(int function, double (&results)[N]) {
#pragma unroll
    for (int k = 0; k < N; k++) {
        results[k] = identity(function);
    }
}

// The values of a group, each in its thread's place, become one in the place of the group's first thread.
__device__ __forceinline__ void join_group(int function, int group, double *place, int lane) {
    for (int half = group / 2; half > 0; half /= 2) {
        __syncthreads();
        if (lane < half) {
            place[0] = joined(function, place[0], place[half]);
        }
    }
}

// Neighbouring terms, or products of them; what does not exist changes nothing.
template <typename T, int N>
__device__ __forceinline__ void load_terms(
        const Reduction &r, const T *x, const T *y, long long base, long long term, int count, double (&values)[N]) {
    T raw[N];
    load_strided(x + base, r.reduced, r.reducedStrides, term, count, raw);
#pragma unroll
    for (int k = 0; k < N; k++) {
        values[k] = static_cast<double>(raw[k]);
    }
    if (r.function == DOT) {
        load_strided(y + base, r.reduced, r.reducedStrides, term, count, raw);
#pragma unroll
        for (int k = 0; k < N; k++) {
            values[k] *= static_cast<double>(raw[k]);
        }
    }
#pragma unroll
    for (int k = 0; k < N; k++) {
        values[k] = k < count ? values[k] : identity(r.function);
    }
}

// Each output, or a piece of it, by a group of neighbouring threads; for inputs whose innermost axis is reduced.
template <typename T>
__device__ __forceinline__ void rows(const Reduction &r, const T *x, const T *y, T *out, double *partials) {
    constexpr int N = PACK<T>;
    __shared__ double shared[THREADS];
    int lane = threadIdx.x % r.group;
    long long output = static_cast<long long>(blockIdx.x) * (THREADS / r.group) + threadIdx.x / r.group;
    bool exists = output < r.kept.elements;
    double sums[N];
    begin_each(r.function, sums);
    if (exists) {
        long long base = offset_of(r.kept, r.keptStrides, output);
        long long begin = blockIdx.y * r.pieceTerms;
        long long end = begin + r.pieceTerms < r.reduced.elements ? begin + r.pieceTerms : r.reduced.elements;
        for (long long term = begin + lane * N; term < end; term += r.group * N) {
            int count = end - term < N ? static_cast<int>(end - term) : N;
            double values[N];
            load_terms(r, x, y, base, term, count, values);
            join_each(r.function, sums, values);
        }
    }
    shared[threadIdx.x] = join_all(r.function, sums);
    join_group(r.function, r.group, shared + threadIdx.x, lane);
    if (exists && lane == 0) {
        if (r.pieces == 1) {
            out[output] = converted<T>(shared[threadIdx.x]);
        } else {
            partials[blockIdx.y * r.kept.elements + output] = shared[threadIdx.x];
        }
    }
}

constexpr int COLUMNS = 32;
constexpr int ROWS = THREADS / COLUMNS;

// Terms that a thread asks memory for together.
constexpr int AT_ONCE = 4;

// 32 neighbouring outputs by a block, whose warps share the terms; for inputs whose innermost axis is kept.
template <typename T>
__device__ __forceinline__ void columns(const Reduction &r, const T *x, const T *y, T *out, double *partials) {
    __shared__ double shared[ROWS][COLUMNS];
    int column = threadIdx.x % COLUMNS;
    int row = threadIdx.x / COLUMNS;
    long long output = static_cast<long long>(blockIdx.x) * COLUMNS + column;
    bool exists = output < r.kept.elements;
    double sums[AT_ONCE];
    begin_each(r.function, sums);
    if (exists) {
        long long base = offset_of(r.kept, r.keptStrides, output);
        long long begin = blockIdx.y * r.pieceTerms;
        long long end = begin + r.pieceTerms < r.reduced.elements ? begin + r.pieceTerms : r.reduced.elements;
        for (long long term = begin + row; term < end; term += AT_ONCE * ROWS) {
            double values[AT_ONCE];
#pragma unroll
            for (int k = 0; k < AT_ONCE; k++) {
                long long at = base + offset_of(r.reduced, r.reducedStrides, term + k * ROWS);
                bool isTerm = term + k * ROWS < end;
                values[k] = isTerm ? static_cast<double>(x[at]) : identity(r.function);
                if (isTerm && r.function == DOT) {
                    values[k] *= static_cast<double>(y[at]);
                }
            }
            join_each(r.function, sums, values);
        }
    }
    shared[row][column] = join_all(r.function, sums);
    for (int half = ROWS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (row < half) {
            shared[row][column] = joined(r.function, shared[row][column], shared[row + half][column]);
        }
    }
    if (exists && row == 0) {
        if (r.pieces == 1) {
            out[output] = converted<T>(shared[0][column]);
        } else {
            partials[blockIdx.y * r.kept.elements + output] = shared[0][column];
        }
    }
}

// The second stage: pieces of each output, joined by a group of threads.
template <typename T>
__device__ __forceinline__ void finish(
        int function, int group, int pieces, long long outputs, const double *partials, T *out) {
    __shared__ double shared[THREADS];
    int lane = threadIdx.x % group;
    long long output = static_cast<long long>(blockIdx.x) * (THREADS / group) + threadIdx.x / group;
    double sum = identity(function);
    if (output < outputs) {
        for (int piece = lane; piece < pieces; piece += group) {
            sum = joined(function, sum, partials[piece * outputs + output]);
        }
    }
    shared[threadIdx.x] = sum;
    join_group(function, group, shared + threadIdx.x, lane);
    if (output < outputs && lane == 0) {
        out[output] = converted<T>(shared[threadIdx.x]);
    }
}

#define TYPED(suffix, T)                                                                                              \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                             \
            reductions_rows_##suffix(BY_VALUE Reduction r, const T *x, const T *y, T *out, double *partials) {        \
        rows(r, x, y, out, partials);                                                                                 \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                             \
            reductions_columns_##suffix(BY_VALUE Reduction r, const T *x, const T *y, T *out, double *partials) {     \
        columns(r, x, y, out, partials);                                                                              \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(THREADS) reductions_finish_##suffix(                                 \
            int function, int group, int pieces, long long outputs, const double *partials, T *out) {                 \
        finish(function, group, pieces, outputs, partials, out);                                                      \
    }

TYPED(f32, float)
TYPED(f64, double)
TYPED(i64, long long)
