// Element types and the types that they are computed in: F32 in F32; F64 and, as the reference does, I64 in F64.
#pragma once
#include "common.cuh"

template <typename T>
struct ComputedAs {
    using type = double;
};

template <>
struct ComputedAs<float> {
    using type = float;
};

template <typename T>
using Computed = typename ComputedAs<T>::type;

// Conversions round to nearest; to I64 they truncate, saturate, and make 0 of NaN.
template <typename T>
__device__ __forceinline__ T converted(double value) {
    return static_cast<T>(value);
}

template <>
__device__ __forceinline__ long long converted<long long>(double value) {
    if (value != value) {
        return 0;
    }
    if (value >= 9223372036854775808.0) {
        return 9223372036854775807LL;
    }
    if (value < -9223372036854775808.0) {
        return -9223372036854775807LL - 1;
    }
    return static_cast<long long>(value);
}

__device__ __forceinline__ double not_a_number() {
    return nan("");
}

__device__ __forceinline__ double infinity() {
    return 1e308 * 10;
}
