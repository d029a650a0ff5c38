// Functions of one or two dense arrays, and those of none: fill and conversions. Broadcasting is chain.cu's.
// Floor: each operand read once, the output written once, 16 bytes per access.
#include "functions.cuh"
#include "packs.cuh"
#include "values.cuh"

#include <type_traits>

// y = f(x); y may be x.
template <typename T>
__device__ __forceinline__ void unary(int function, double alpha, double beta, const T *x, T *y, long long n) {
    using C = Computed<T>;
    constexpr int N = PACK<T>;
    long long i = global_thread() * N;
    if (i >= n) {
        return;
    }
    int count = n - i < N ? static_cast<int>(n - i) : N;
    T raw[N];
    C values[N];
    load_pack(x + i, count, raw);
#pragma unroll
    for (int k = 0; k < N; k++) {
        values[k] = static_cast<C>(raw[k]);
    }
    apply_unary(function, alpha, beta, values, values);
#pragma unroll
    for (int k = 0; k < N; k++) {
        raw[k] = converted<T>(values[k]);
    }
    store_pack(y + i, count, raw);
}

// y = f(a, b); y may be either.
template <typename T>
__device__ __forceinline__ void binary(int function, const T *a, const T *b, T *y, long long n) {
    using C = Computed<T>;
    constexpr int N = PACK<T>;
    long long i = global_thread() * N;
    if (i >= n) {
        return;
    }
    int count = n - i < N ? static_cast<int>(n - i) : N;
    T rawA[N], rawB[N];
    C left[N], right[N];
    load_pack(a + i, count, rawA);
    load_pack(b + i, count, rawB);
#pragma unroll
    for (int k = 0; k < N; k++) {
        left[k] = static_cast<C>(rawA[k]);
        right[k] = static_cast<C>(rawB[k]);
    }
    apply_binary(function, left, right, left);
#pragma unroll
    for (int k = 0; k < N; k++) {
        rawA[k] = converted<T>(left[k]);
    }
    store_pack(y + i, count, rawA);
}

template <typename T>
__device__ __forceinline__ void fill(double value, T *y, long long n) {
    constexpr int N = PACK<T>;
    long long i = global_thread() * N;
    if (i >= n) {
        return;
    }
    T values[N];
#pragma unroll
    for (int k = 0; k < N; k++) {
        values[k] = converted<T>(value);
    }
    store_pack(y + i, n - i < N ? static_cast<int>(n - i) : N, values);
}

template <typename From, typename To>
__device__ __forceinline__ To cast_one(From value) {
    if constexpr (std::is_same_v<From, To>) {
        return value;
    } else {
        return converted<To>(static_cast<double>(value));
    }
}

template <typename From, typename To>
__device__ __forceinline__ void cast(const From *x, To *y, long long n) {
    constexpr int N = PACK<From> > PACK<To> ? PACK<From> : PACK<To>;
    long long i = global_thread() * N;
    if (i >= n) {
        return;
    }
    int count = n - i < N ? static_cast<int>(n - i) : N;
    From from[N];
    To to[N];
    load_pack(x + i, count, from);
#pragma unroll
    for (int k = 0; k < N; k++) {
        to[k] = cast_one<From, To>(from[k]);
    }
    store_pack(y + i, count, to);
}

#define TYPED(suffix, T)                                                                                              \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
            elementwise_unary_##suffix(int function, double alpha, double beta, const T *x, T *y, long long n) {      \
        unary(function, alpha, beta, x, y, n);                                                                        \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
            elementwise_binary_##suffix(int function, const T *a, const T *b, T *y, long long n) {                    \
        binary(function, a, b, y, n);                                                                                 \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256) elementwise_fill_##suffix(double value, T *y, long long n) {    \
        fill(value, y, n);                                                                                            \
    }

TYPED(f32, float)
TYPED(f64, double)
TYPED(i64, long long)

#define CAST(from, From, to, To)                                                                                      \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
            elementwise_cast_##from##_##to(const From *x, To *y, long long n) {                                       \
        cast(x, y, n);                                                                                                \
    }

CAST(f32, float, f32, float)
CAST(f32, float, f64, double)
CAST(f32, float, i64, long long)
CAST(f64, double, f32, float)
CAST(f64, double, f64, double)
CAST(f64, double, i64, long long)
CAST(i64, long long, f32, float)
CAST(i64, long long, f64, double)
CAST(i64, long long, i64, long long)
