// Where products go: to the output through the epilogue, or, of one part of a split sum, to a workspace.
#pragma once
#include "common.cuh"
#include "epilogue.cuh"

template <typename T>
struct Target {
    T *out;
    // splits × elements of partial sums, or null where the sum is not split
    T *parts;
    long long elements;
    Epilogue<T> epilogue;  // its `packed` holds for the parts as well

    // Writes `COUNT` results of one channel that lie side by side from element `at` on.
    template <bool EPILOGUE, int COUNT>
    __device__ __forceinline__ void write(const Pack<T, COUNT> &sums, long long at, int channel, int split) const {
        if (parts) {
            *reinterpret_cast<Pack<T, COUNT> *>(parts + split * elements + at) = sums;
        } else if (EPILOGUE) {
            *reinterpret_cast<Pack<T, COUNT> *>(out + at) = epilogue.apply(sums, at, channel);
        } else {
            *reinterpret_cast<Pack<T, COUNT> *>(out + at) = sums;
        }
    }
};
