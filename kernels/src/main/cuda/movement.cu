// Elements moved and not computed with; what they mean does not matter, only their size: 4 or 8 bytes.
// Floor: what is moved read once and written once (an embedding's zeros written only).
#include "layout.cuh"

// A dense output from a strided input: slices, stretched axes, and axes in another order where rows stay rows.
template <typename T>
__device__ __forceinline__ void gather(const Extents &extents, const Strides &strides, const T *in, T *out) {
    write_own_pack(extents.elements, out, [&](long long element, int count, T(&values)[PACK<T>]) {
        load_strided(in, extents, strides, element, count, values);
    });
}

constexpr int TILE = 32;
constexpr int TILE_ROWS = 8;

// Two axes change places: along `down` the input is dense, along `across` the output. Tiles of 32x32 pass through
// shared memory, so that both sides move whole rows; the padding column keeps a tile's columns in different banks.
// `rest` walks the other axes.
struct Transposition {
    long long down, across;
    long long inAcross;  // the input's stride along `across`
    long long outDown;   // the output's stride along `down`
    long long tilesDown, tilesAcross;
    Extents rest;
    Strides inRest;
    Strides outRest;
};

template <typename T>
__device__ __forceinline__ void transpose(const Transposition &t, const T *in, T *out) {
    __shared__ T tile[TILE][TILE + 1];
    long long block = blockIdx.x;
    long long tileDown = block % t.tilesDown * TILE;
    block /= t.tilesDown;
    long long tileAcross = block % t.tilesAcross * TILE;
    long long rest = block / t.tilesAcross;
    const T *from = in + offset_of(t.rest, t.inRest, rest);
    T *to = out + offset_of(t.rest, t.outRest, rest);
    int column = threadIdx.x % TILE;
    int row = threadIdx.x / TILE;
#pragma unroll
    for (int r = row; r < TILE; r += TILE_ROWS) {
        if (tileDown + column < t.down && tileAcross + r < t.across) {
            tile[r][column] = from[(tileAcross + r) * t.inAcross + tileDown + column];
        }
    }
    __syncthreads();
#pragma unroll
    for (int r = row; r < TILE; r += TILE_ROWS) {
        if (tileDown + r < t.down && tileAcross + column < t.across) {
            to[(tileDown + r) * t.outDown + tileAcross + column] = tile[column][r];
        }
    }
}

// Where a small array lies in a large one: axis by axis, element i of the small one at start + i*step.
struct Placement {
    long long start[MAX_AXES];
    long long step[MAX_AXES];
    long long size[MAX_AXES];  // of the small one
    Strides strides;           // of the small one
};

// The small array's element at a place of the large one, or 0.
template <typename T>
__device__ __forceinline__ T embedded(
        const Extents &large, const Placement &placement, const T *in, long long element) {
    long long offset = 0;
    for (int axis = 0; axis < large.axes; axis++) {
        long long outer = large.wide ? element / large.size[axis]
                                     : divided(static_cast<unsigned>(element), large.by[axis]);
        int distance = static_cast<int>(element - outer * large.size[axis] - placement.start[axis]);
        int step = static_cast<int>(placement.step[axis]);
        int index = step == 1 ? distance : distance / step;
        if (index < 0 || index >= placement.size[axis] || index * step != distance) {
            return T(0);
        }
        offset += index * placement.strides.stride[axis];
        element = outer;
    }
    return in[offset];
}

template <typename T>
__device__ __forceinline__ void embed(const Extents &large, const Placement &placement, const T *in, T *out) {
    write_own_pack(large.elements, out, [&](long long element, int count, T(&values)[PACK<T>]) {
#pragma unroll
        for (int k = 0; k < PACK<T>; k++) {
            values[k] = k < count ? embedded(large, placement, in, element + k) : T(0);
        }
    });
}

// Dense rows of `row` elements into rows that begin `pitch` apart: one part of a concatenation.
template <typename T>
__device__ __forceinline__ void place_rows(const Extents &rows, long long pitch, const T *in, T *out) {
    constexpr int N = PACK<T>;
    long long i = global_thread() * N;
    if (i >= rows.elements) {
        return;
    }
    long long left = rows.elements - i;
    int count = left < N ? static_cast<int>(left) : N;
    T values[N];
    load_pack(in + i, count, values);
    long long column = innermost_of(rows, i);
    long long at = i - column;
    at = (rows.wide ? at / rows.size[0] : divided(static_cast<unsigned>(at), rows.by[0])) * pitch + column;
    if (column + count <= rows.size[0]) {
        store_pack(out + at, count, values);
        return;
    }
#pragma unroll
    for (int k = 0; k < N; k++) {
        if (k < count) {
            out[at] = values[k];
            at++;
            if (++column == rows.size[0]) {
                column = 0;
                at += pitch - rows.size[0];
            }
        }
    }
}

#define SIZED(bits, T)                                                                                                \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
            movement_gather_b##bits(BY_VALUE Extents extents, BY_VALUE Strides strides, const T *in, T *out) {        \
        gather(extents, strides, in, out);                                                                            \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(TILE *TILE_ROWS)                                                     \
            movement_transpose_b##bits(BY_VALUE Transposition t, const T *in, T *out) {                               \
        transpose(t, in, out);                                                                                        \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
            movement_embed_b##bits(BY_VALUE Extents large, BY_VALUE Placement placement, const T *in, T *out) {       \
        embed(large, placement, in, out);                                                                             \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
            movement_rows_b##bits(BY_VALUE Extents rows, long long pitch, const T *in, T *out) {                      \
        place_rows(rows, pitch, in, out);                                                                             \
    }

SIZED(32, unsigned)
SIZED(64, unsigned long long)
