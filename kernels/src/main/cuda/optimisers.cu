// Optimiser steps, in place. Constants that do not depend on the element come from the host.
// Floors, in elements moved per parameter: Adam: 7, SGD: 5.
#include "functions.cuh"
#include "packs.cuh"

// Kingma and Ba 2015, with the decoupled weight decay of Loshchilov and Hutter 2019.
struct Adam {
    double keepFirst, newFirst;    // beta1, 1 - beta1
    double keepSecond, newSecond;  // beta2, 1 - beta2
    double rate;                   // learning rate / (1 - beta1^step)
    double correction;             // 1 / (1 - beta2^step)
    double decay;                  // 1 - learning rate * weight decay
    double epsilon;
};

template <typename T>
__device__ __forceinline__ void adam(
        const Adam &step, const T *gradient, T *first, T *second, T *parameter, long long n) {
    constexpr int N = PACK<T>;
    long long i = global_thread() * N;
    if (i >= n) {
        return;
    }
    int count = n - i < N ? static_cast<int>(n - i) : N;
    T g[N], m[N], v[N], p[N];
    load_pack(gradient + i, count, g);
    load_pack(first + i, count, m);
    load_pack(second + i, count, v);
    load_pack(parameter + i, count, p);
#pragma unroll
    for (int k = 0; k < N; k++) {
        m[k] = m[k] * T(step.keepFirst) + g[k] * T(step.newFirst);
        v[k] = v[k] * T(step.keepSecond) + g[k] * g[k] * T(step.newSecond);
        T size = square_root(v[k] * T(step.correction)) + T(step.epsilon);
        p[k] = p[k] * T(step.decay) - m[k] * T(step.rate) / size;
    }
    store_pack(first + i, count, m);
    store_pack(second + i, count, v);
    store_pack(parameter + i, count, p);
}

struct Sgd {
    double rate;
    double momentum;
    double decay;
    double nesterov;  // 1, or 0 for plain momentum
};

template <typename T>
__device__ __forceinline__ void sgd(const Sgd &step, const T *gradient, T *velocity, T *parameter, long long n) {
    constexpr int N = PACK<T>;
    long long i = global_thread() * N;
    if (i >= n) {
        return;
    }
    int count = n - i < N ? static_cast<int>(n - i) : N;
    T g[N], v[N], p[N];
    load_pack(gradient + i, count, g);
    load_pack(velocity + i, count, v);
    load_pack(parameter + i, count, p);
#pragma unroll
    for (int k = 0; k < N; k++) {
        T decayed = g[k] + T(step.decay) * p[k];
        v[k] = T(step.momentum) * v[k] + decayed;
        T direction = step.nesterov != 0 ? decayed + T(step.momentum) * v[k] : v[k];
        p[k] = p[k] - T(step.rate) * direction;
    }
    store_pack(velocity + i, count, v);
    store_pack(parameter + i, count, p);
}

#define TYPED(suffix, T)                                                                                              \
    extern "C" __global__ void __launch_bounds__(256) optimisers_adam_##suffix(                                       \
            BY_VALUE Adam step, const T *gradient, T *first, T *second, T *parameter, long long n) {                  \
        adam(step, gradient, first, second, parameter, n);                                                            \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
            optimisers_sgd_##suffix(BY_VALUE Sgd step, const T *gradient, T *velocity, T *parameter, long long n) {   \
        sgd(step, gradient, velocity, parameter, n);                                                                  \
    }

TYPED(f32, float)
TYPED(f64, double)
