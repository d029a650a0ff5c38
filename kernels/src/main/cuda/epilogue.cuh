// What the results of a convolution go through on their way to memory.
#pragma once
#include "common.cuh"

// In this order: a bias per channel; the addition of another signal; a rectifier's gate; scale and shift per channel; the
// addition of a residual; the rectifier. Absent steps are null or 0. Each step rounds like the primitive of its own, so that
// fusing changes no bit.
template <typename T>
struct Epilogue {
    const T *bias;
    const T *joined;
    const T *gate;
    const T *scale;
    const T *shift;
    const T *residual;
    int rectified;
    // whether runs of four results lie at multiples of 16 bytes, in every array of the output's shape
    int packed;

    // Results of one channel that lie from element `at` of the output on.
    template <int COUNT>
    __device__ __forceinline__ Pack<T, COUNT> apply(Pack<T, COUNT> values, long long at, int channel) const {
        if (bias) {
            T offset = bias[channel];
#pragma unroll
            for (T &value : values.at) value += offset;
        }
        if (joined) add(values, joined + at);
        if (gate) {
            Pack<T, COUNT> opens = *reinterpret_cast<const Pack<T, COUNT> *>(gate + at);
#pragma unroll
            for (int i = 0; i < COUNT; ++i) values.at[i] = opens.at[i] > T(0) ? values.at[i] : T(0);
        }
        if (scale) {
            T factor = scale[channel];
            T offset = shift[channel];
#pragma unroll
            for (T &value : values.at) value = fma(value, factor, offset);
        }
        if (residual) add(values, residual + at);
        if (rectified) {
#pragma unroll
            for (T &value : values.at) value = value <= T(0) ? T(0) : value;  // NaN stays
        }
        return values;
    }

   private:
    template <int COUNT>
    __device__ __forceinline__ static void add(Pack<T, COUNT> &values, const T *from) {
        Pack<T, COUNT> others = *reinterpret_cast<const Pack<T, COUNT> *>(from);
#pragma unroll
        for (int i = 0; i < COUNT; ++i) values.at[i] += others.at[i];
    }
};
