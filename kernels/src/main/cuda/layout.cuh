// Where the elements of an array lie that is walked in another's order: strides per axis, 0 where it is stretched.
// Axes are numbered from the innermost; the host has joined neighbouring axes that all operands cross in one stride.
#pragma once
#include "packs.cuh"

constexpr int MAX_AXES = 8;

// n/d for n below 2^31 as n*multiplier >> shift (Granlund and Montgomery, PLDI 1994), with shift = 31 + ceil(log2 d)
// and multiplier = floor(2^shift/d) + 1.
struct Divisor {
    unsigned multiplier;
    unsigned shift;
};

__device__ __forceinline__ unsigned divided(unsigned n, Divisor by) {
    return static_cast<unsigned>(static_cast<unsigned long long>(n) * by.multiplier >> by.shift);
}

// The walk: sizes of the axes. `wide` where the number of elements needs more than 31 bits; divisors then stay unused.
struct Extents {
    long long elements;
    int axes;
    int wide;
    long long size[MAX_AXES];
    Divisor by[MAX_AXES];
};

struct Strides {
    long long stride[MAX_AXES];
};

__device__ __forceinline__ long long offset_of(const Extents &extents, const Strides &strides, long long element) {
    long long offset = 0;
    int last = extents.axes - 1;
    if (extents.wide) {
#pragma unroll 1
        for (int axis = 0; axis < last; axis++) {
            long long outer = element / extents.size[axis];
            offset += (element - outer * extents.size[axis]) * strides.stride[axis];
            element = outer;
        }
        return offset + element * strides.stride[last];
    }
    unsigned rest = static_cast<unsigned>(element);
#pragma unroll 1
    for (int axis = 0; axis < last; axis++) {
        unsigned outer = divided(rest, extents.by[axis]);
        offset += (rest - outer * static_cast<unsigned>(extents.size[axis])) * strides.stride[axis];
        rest = outer;
    }
    return offset + rest * strides.stride[last];
}

// The position along the innermost axis.
__device__ __forceinline__ long long innermost_of(const Extents &extents, long long element) {
    long long size = extents.size[0];
    long long outer = extents.wide ? element / size : divided(static_cast<unsigned>(element), extents.by[0]);
    return element - outer * size;
}

// N elements of a strided array from `element` of the walk on, of which `count` exist. Within a row the place is
// computed once.
template <typename T, int N>
__device__ __forceinline__ void load_strided(
        const T *data, const Extents &extents, const Strides &strides, long long element, int count, T (&values)[N]) {
    const T *from = data + offset_of(extents, strides, element);
    long long stride = strides.stride[0];
    if (innermost_of(extents, element) + count <= extents.size[0]) {
        if (stride == 1) {
            load_pack(from, count, values);
            return;
        }
#pragma unroll
        for (int k = 0; k < N; k++) {
            values[k] = from[k < count ? k * stride : 0];
        }
        return;
    }
    values[0] = *from;
#pragma unroll
    for (int k = 1; k < N; k++) {
        values[k] = k < count ? data[offset_of(extents, strides, element + k)] : values[0];
    }
}
