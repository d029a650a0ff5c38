// Gathers by I64 indices and their adjoints, which add in the order of the indices, in F64 and without atomics. An index
// outside its axis is told to the host, which ends with a sentence; until then it reads as NaN (the least number for
// I64), and its adjoint adds nothing.
// Floor: indices and what is moved read once, the output written once; sorting TakeAdjoint's indices comes on top.
#include "faults.cuh"
#include "layout.cuh"
#include "namings.cuh"
#include "values.cuh"

// Arrays outer x axis x inner; the indexed side has `size` elements along the axis, the other `count`.
struct Axis {
    long long size;
    long long count;
    long long inner;
};

template <typename T>
__device__ __forceinline__ T missing() {
    return converted<T>(not_a_number());
}

template <>
__device__ __forceinline__ long long missing<long long>() {
    return -9223372036854775807LL - 1;
}

struct Position {
    long long outer, along, inner;
};

// `walk` has the axes inner, along, outer.
__device__ __forceinline__ Position position_of(const Extents &walk, long long element) {
    if (walk.wide) {
        long long row = element / walk.size[0];
        long long outer = row / walk.size[1];
        return {outer, row - outer * walk.size[1], element - row * walk.size[0]};
    }
    unsigned row = divided(static_cast<unsigned>(element), walk.by[0]);
    unsigned outer = divided(row, walk.by[1]);
    return {outer, row - outer * walk.size[1], element - row * walk.size[0]};
}

// ELEMENTS: one index per element of the output, else per position along the axis.
template <bool ELEMENTS, typename T>
__device__ __forceinline__ void take(
        const Extents &walk, const Axis &axis, const T *x, const long long *indices, T *out, Fault *fault) {
    write_own_pack(walk.elements, out, [&](long long element, int count, T(&values)[PACK<T>]) {
#pragma unroll
        for (int k = 0; k < PACK<T>; k++) {
            values[k] = T(0);
            if (k < count) {
                Position at = position_of(walk, element + k);
                long long index = indices[ELEMENTS ? element + k : at.along];
                bool inside = is_inside(index, axis.size, fault);
                values[k] = inside ? x[(at.outer * axis.size + index) * axis.inner + at.inner] : missing<T>();
            }
        }
    });
}

extern "C" __global__ void __launch_bounds__(SORTERS)
        indexing_sort(long long size, int count, const long long *indices, Naming *sorted, Fault *fault) {
    sort_chunk(size, count, indices, sorted, fault);
}

extern "C" __global__ void __launch_bounds__(256)
        indexing_merge(long long count, long long width, const Naming *from, Naming *to) {
    merge(count, width, from, to);
}

extern "C" __global__ void __launch_bounds__(256)
        indexing_begins(long long size, long long count, const Naming *sorted, int *begins) {
    find_begins(size, count, sorted, begins);
}

template <typename T>
__device__ __forceinline__ void take_adjoint(
        const Extents &walk, const Axis &axis, const T *u, const Naming *sorted, const int *begins, T *out) {
    long long i = global_thread();
    if (i >= walk.elements) {
        return;
    }
    Position at = position_of(walk, i);
    int end = begins[at.along + 1];
    double sum = 0;
    for (int k = begins[at.along]; k < end; k++) {
        long long j = static_cast<unsigned>(sorted[k]);
        sum += static_cast<double>(u[(at.outer * axis.count + j) * axis.inner + at.inner]);
    }
    out[i] = converted<T>(sum);
}

// Each output looks through the indices of its line; the first of a line looks for wrong ones, too.
template <typename T>
__device__ __forceinline__ void scatter_lines(
        const Extents &walk, const Axis &axis, const T *u, const long long *indices, T *out, Fault *fault) {
    long long i = global_thread();
    if (i >= walk.elements) {
        return;
    }
    Position at = position_of(walk, i);
    long long from = at.outer * axis.count * axis.inner + at.inner;
    double sum = 0;
    for (long long j = 0; j < axis.count; j++, from += axis.inner) {
        long long index = indices[from];
        if (index == at.along) {
            sum += static_cast<double>(u[from]);
        } else if (at.along == 0) {
            is_inside(index, axis.size, fault);
        }
    }
    out[i] = converted<T>(sum);
}

// Dense rows (inner = 1) are scattered by warps, each of which owns a range of one row's outputs in shared memory.
// The smallest and largest index of every chunk of a row tell which chunks a range can pass over: pooling's indices
// hardly leave their place.
constexpr unsigned WARP = 0xffffffffu;
constexpr int STEPS = 4;
constexpr int CHUNK = 32 * STEPS;
constexpr int RANGE = 1024;
constexpr int WARPS = 4;

struct Span {
    long long least, greatest;
};

extern "C" __global__ void __launch_bounds__(256) indexing_spans(
        long long rows,
        BY_VALUE Axis axis,
        long long chunks,
        const long long *indices,
        Span *spans,
        Fault *fault) {
    long long warp = global_thread() / 32;
    if (warp >= rows * chunks) {
        return;
    }
    int lane = threadIdx.x % 32;
    long long row = warp / chunks;
    long long begin = (warp - row * chunks) * CHUNK;
    Span span = {9223372036854775807LL, -1};
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
        long long i = begin + step * 32 + lane;
        if (i < axis.count) {
            long long index = indices[row * axis.count + i];
            is_inside(index, axis.size, fault);
            span.least = index < span.least ? index : span.least;
            span.greatest = index > span.greatest ? index : span.greatest;
        }
    }
    for (int distance = 16; distance > 0; distance /= 2) {
        long long least = __shfl_xor_sync(WARP, span.least, distance);
        long long greatest = __shfl_xor_sync(WARP, span.greatest, distance);
        span.least = least < span.least ? least : span.least;
        span.greatest = greatest > span.greatest ? greatest : span.greatest;
    }
    if (lane == 0) {
        spans[warp] = span;
    }
}

// Adds a chunk to the range from `low` on, in order: lanes of equal index take turns. The first range looks for wrong
// indices; those of chunks that it passes over have been found with their spans.
template <typename T>
__device__ __forceinline__ void add_chunk(
        const T *u,
        const long long *indices,
        long long begin,
        const Axis &axis,
        long long low,
        int length,
        int lane,
        double *sums,
        Fault *fault) {
    int place[STEPS];
    T value[STEPS];
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
        long long i = begin + step * 32 + lane;
        long long index = i < axis.count ? indices[i] : -1;
        // Compared before anything is subtracted: a wrong index may be any number.
        place[step] = index >= low && index < low + length ? static_cast<int>(index - low) : -1;
        value[step] = i < axis.count ? u[i] : T(0);
        if (low == 0 && i < axis.count) {
            is_inside(index, axis.size, fault);
        }
    }
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
        bool mine = place[step] >= 0;
        unsigned equals = __match_any_sync(WARP, place[step]);
        int turn = __popc(equals & ((1u << lane) - 1));
        for (int now = 0; __any_sync(WARP, mine && turn >= now); now++) {
            if (mine && turn == now) {
                sums[place[step]] += static_cast<double>(value[step]);
            }
            __syncwarp();
        }
    }
}

template <typename T>
__device__ __forceinline__ void scatter_rows(
        long long rows,
        const Axis &axis,
        long long ranges,
        long long chunks,
        const T *u,
        const long long *indices,
        const Span *spans,
        T *out,
        Fault *fault) {
    __shared__ double shared[WARPS][RANGE];
    int lane = threadIdx.x % 32;
    long long warp = global_thread() / 32;
    if (warp >= rows * ranges) {
        return;
    }
    double *sums = shared[threadIdx.x / 32];
    long long row = warp / ranges;
    long long low = (warp - row * ranges) * RANGE;
    int length = axis.size - low < RANGE ? static_cast<int>(axis.size - low) : RANGE;
    for (int k = lane; k < length; k += 32) {
        sums[k] = 0;
    }
    __syncwarp();
    const T *values = u + row * axis.count;
    const long long *places = indices + row * axis.count;
    for (long long group = 0; group < chunks; group += 32) {
        bool met = group + lane < chunks;
        if (met && spans) {
            Span span = spans[row * chunks + group + lane];
            met = span.greatest >= low && span.least < low + length;
        }
        for (unsigned left = __ballot_sync(WARP, met); left != 0; left &= left - 1) {
            long long begin = (group + __ffs(left) - 1) * CHUNK;
            add_chunk(values, places, begin, axis, low, length, lane, sums, fault);
        }
    }
    T *to = out + row * axis.size + low;
    for (int k = lane; k < length; k += 32) {
        to[k] = converted<T>(sums[k]);
    }
}

#define TYPED(suffix, T)                                                                                              \
    extern "C" __global__ void __launch_bounds__(256) indexing_take_##suffix(                                         \
            BY_VALUE Extents walk, BY_VALUE Axis axis, const T *x, const long long *indices, T *out, Fault *fault) {  \
        take<false>(walk, axis, x, indices, out, fault);                                                              \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256) indexing_gather_##suffix(                                       \
            BY_VALUE Extents walk, BY_VALUE Axis axis, const T *x, const long long *indices, T *out, Fault *fault) {  \
        take<true>(walk, axis, x, indices, out, fault);                                                               \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256) indexing_take_adjoint_##suffix(                                 \
            BY_VALUE Extents walk, BY_VALUE Axis axis, const T *u, const Naming *sorted, const int *begins, T *out) { \
        take_adjoint(walk, axis, u, sorted, begins, out);                                                             \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256) indexing_scatter_lines_##suffix(                                \
            BY_VALUE Extents walk, BY_VALUE Axis axis, const T *u, const long long *indices, T *out, Fault *fault) {  \
        scatter_lines(walk, axis, u, indices, out, fault);                                                            \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(32 * WARPS) indexing_scatter_rows_##suffix(                          \
            long long rows,                                                                                           \
            BY_VALUE Axis axis,                                                                                       \
            long long ranges,                                                                                         \
            long long chunks,                                                                                         \
            const T *u,                                                                                               \
            const long long *indices,                                                                                 \
            const Span *spans,                                                                                        \
            T *out,                                                                                                   \
            Fault *fault) {                                                                                           \
        scatter_rows(rows, axis, ranges, chunks, u, indices, spans, out, fault);                                      \
    }

TYPED(f32, float)
TYPED(f64, double)
TYPED(i64, long long)
