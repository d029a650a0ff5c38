// Gathers by I64 indices and their adjoints, which add in the order of the indices, in F64 and without atomics. A
// kernel cannot say which index lies outside its axis: such an element reads as NaN (the least number for I64), and
// its adjoint adds nothing.
// Floor: indices and what is moved read once, the output written once; TakeAdjoint's lists of equal indices come on
// top.
#include "layout.cuh"
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
        const Extents &walk, const Axis &axis, const T *x, const long long *indices, T *out) {
    constexpr int N = PACK<T>;
    long long i = global_thread() * N;
    if (i >= walk.elements) {
        return;
    }
    long long left = walk.elements - i;
    int count = left < N ? static_cast<int>(left) : N;
    T values[N];
#pragma unroll
    for (int k = 0; k < N; k++) {
        values[k] = T(0);
        if (k < count) {
            Position at = position_of(walk, i + k);
            long long index = indices[ELEMENTS ? i + k : at.along];
            bool inside = index >= 0 && index < axis.size;
            values[k] = inside ? x[(at.outer * axis.size + index) * axis.inner + at.inner] : missing<T>();
        }
    }
    store_pack(out + i, count, values);
}

// For every place of the axis the first of the indices that name it, and for every index the next of its equals; -1
// for none.
extern "C" __global__ void __launch_bounds__(256)
        indexing_lists(long long size, int count, const long long *indices, int *first, int *next) {
    long long thread = global_thread();
    if (thread >= size + count) {
        return;
    }
    bool isPlace = thread < size;
    int i = isPlace ? 0 : static_cast<int>(thread - size) + 1;
    long long wanted = isPlace ? thread : indices[i - 1];
    while (i < count && indices[i] != wanted) {
        i++;
    }
    *(isPlace ? first + thread : next + (thread - size)) = i < count ? i : -1;
}

template <typename T>
__device__ __forceinline__ void take_adjoint(
        const Extents &walk, const Axis &axis, const T *u, const int *first, const int *next, T *out) {
    long long i = global_thread();
    if (i >= walk.elements) {
        return;
    }
    Position at = position_of(walk, i);
    double sum = 0;
    for (int j = first[at.along]; j >= 0; j = next[j]) {
        sum += static_cast<double>(u[(at.outer * axis.count + j) * axis.inner + at.inner]);
    }
    out[i] = converted<T>(sum);
}

// Each output looks through the indices of its line.
template <typename T>
__device__ __forceinline__ void scatter_lines(
        const Extents &walk, const Axis &axis, const T *u, const long long *indices, T *out) {
    long long i = global_thread();
    if (i >= walk.elements) {
        return;
    }
    Position at = position_of(walk, i);
    long long from = at.outer * axis.count * axis.inner + at.inner;
    double sum = 0;
    for (long long j = 0; j < axis.count; j++, from += axis.inner) {
        if (indices[from] == at.along) {
            sum += static_cast<double>(u[from]);
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

extern "C" __global__ void __launch_bounds__(256)
        indexing_spans(long long rows, long long count, long long chunks, const long long *indices, Span *spans) {
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
        if (i < count) {
            long long index = indices[row * count + i];
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

// Adds a chunk to the range from `low` on, in order: lanes of equal index take turns.
template <typename T>
__device__ __forceinline__ void add_chunk(
        const T *u,
        const long long *indices,
        long long begin,
        long long count,
        long long low,
        int length,
        int lane,
        double *sums) {
    long long place[STEPS];
    T value[STEPS];
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
        long long i = begin + step * 32 + lane;
        place[step] = i < count ? indices[i] - low : -1;
        value[step] = i < count ? u[i] : T(0);
    }
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
        bool mine = place[step] >= 0 && place[step] < length;
        unsigned equals = __match_any_sync(WARP, mine ? static_cast<int>(place[step]) : -1);
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
        T *out) {
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
            add_chunk(values, places, begin, axis.count, low, length, lane, sums);
        }
    }
    T *to = out + row * axis.size + low;
    for (int k = lane; k < length; k += 32) {
        to[k] = converted<T>(sums[k]);
    }
}

#define TYPED(suffix, T)                                                                                              \
    extern "C" __global__ void __launch_bounds__(256) indexing_take_##suffix(                                         \
            BY_VALUE Extents walk, BY_VALUE Axis axis, const T *x, const long long *indices, T *out) {                \
        take<false>(walk, axis, x, indices, out);                                                                     \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256) indexing_gather_##suffix(                                       \
            BY_VALUE Extents walk, BY_VALUE Axis axis, const T *x, const long long *indices, T *out) {                \
        take<true>(walk, axis, x, indices, out);                                                                      \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256) indexing_take_adjoint_##suffix(                                 \
            BY_VALUE Extents walk, BY_VALUE Axis axis, const T *u, const int *first, const int *next, T *out) {       \
        take_adjoint(walk, axis, u, first, next, out);                                                                \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256) indexing_scatter_lines_##suffix(                                \
            BY_VALUE Extents walk, BY_VALUE Axis axis, const T *u, const long long *indices, T *out) {                \
        scatter_lines(walk, axis, u, indices, out);                                                                   \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(32 * WARPS) indexing_scatter_rows_##suffix(                          \
            long long rows,                                                                                           \
            BY_VALUE Axis axis,                                                                                       \
            long long ranges,                                                                                         \
            long long chunks,                                                                                         \
            const T *u,                                                                                               \
            const long long *indices,                                                                                 \
            const Span *spans,                                                                                        \
            T *out) {                                                                                                 \
        scatter_rows(rows, axis, ranges, chunks, u, indices, spans, out);                                             \
    }

TYPED(f32, float)
TYPED(f64, double)
TYPED(i64, long long)
