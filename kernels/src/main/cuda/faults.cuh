// How kernels tell that an index lies outside its axis: in one word of the device, which the host reads where results
// reach it. Of several the least is kept, so that the order of threads does not matter.
#pragma once
#include "common.cuh"

// The axis's size above the index, which is held to 32 bits; all ones where nothing was wrong.
using Fault = unsigned long long;

__device__ __forceinline__ bool is_inside(long long index, long long size, Fault *fault) {
    if (index >= 0 && index < size) {
        return true;
    }
    constexpr long long most = 2147483647LL;
    long long told = index > most ? most : index < -most ? -most : index;
    atomicMin(fault, static_cast<Fault>(size) << 32 | static_cast<unsigned>(static_cast<int>(told)));
    return false;
}
