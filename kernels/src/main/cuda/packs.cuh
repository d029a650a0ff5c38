// Runs of neighbouring elements in registers: one 16-byte access where the address allows it, single elements
// elsewhere.
#pragma once
#include "common.cuh"

// The elements from `from` on; beyond `count` the first is repeated, so that every lane holds a valid number.
template <typename T, int N>
__device__ __forceinline__ void load_pack(const T *from, int count, T (&values)[N]) {
    if (count >= N && is_aligned_16(from)) {
        Pack<T, N> pack = *reinterpret_cast<const Pack<T, N> *>(from);
#pragma unroll
        for (int k = 0; k < N; k++) {
            values[k] = pack.at[k];
        }
    } else {
#pragma unroll
        for (int k = 0; k < N; k++) {
            values[k] = from[k < count ? k : 0];
        }
    }
}

template <typename T, int N>
__device__ __forceinline__ void store_pack(T *to, int count, const T (&values)[N]) {
    if (count >= N && is_aligned_16(to)) {
        Pack<T, N> pack;
#pragma unroll
        for (int k = 0; k < N; k++) {
            pack.at[k] = values[k];
        }
        *reinterpret_cast<Pack<T, N> *>(to) = pack;
    } else {
#pragma unroll
        for (int k = 0; k < N; k++) {
            if (k < count) {
                to[k] = values[k];
            }
        }
    }
}

// This thread's pack of a dense output: `make(element, count, values)` gives the `count` values from `element` on.
template <typename T, typename Make>
__device__ __forceinline__ void write_own_pack(long long elements, T *out, Make make) {
    constexpr int N = PACK<T>;
    long long element = global_thread() * N;
    if (element >= elements) {
        return;
    }
    long long left = elements - element;
    int count = left < N ? static_cast<int>(left) : N;
    T values[N];
    make(element, count, values);
    store_pack(out + element, count, values);
}
