// The learned propagation rule and its first two derivatives, each one pass over memory; formulas at the engine's
// Primitive.LearnedRule. A, B, C are the sigmoids of the logits a, b, c, primes their derivatives, p and n the
// positive and negative part of u, G the gate. Of a and b only the logit of u's own sign takes part; it is chosen
// before its sigmoid is taken.
// Floors, in elements moved per element of x: order 0: 6, order 1: 10, order 2: 15.
#include "functions.cuh"
#include "packs.cuh"

template <typename T>
struct RuleArguments {
    const T *x;
    const T *u;
    const T *theta;  // 3 planes of n
    const T *v;      // orders 1 and 2
    const T *w;      // order 2: 4 planes of n
    T *out;
    long long n;
};

// What the orders share, at one element. s is the sigmoid of the chosen logit; p and n that of one sign only.
template <typename T>
struct Element {
    T s, c;
    T positive, negative;
    T gate, pass;
    bool open;

    __device__ __forceinline__ Element(T x, T u, T a, T b, T cLogit)
            : s(sigmoid(u > T(0) ? a : b)),
              c(sigmoid(cLogit)),
              positive(maximum(u, T(0))),
              negative(maximum(-u, T(0))),
              gate(x > T(0) ? T(1) : c),
              pass(s * positive - s * negative),
              open(x > T(0)) {}

    // of the pass with respect to u
    __device__ __forceinline__ T slope() const {
        return positive > T(0) || negative > T(0) ? s : T(0);
    }

    // of the chosen sigmoid, and of that slope
    __device__ __forceinline__ T s_prime() const {
        return s * (T(1) - s);
    }

    __device__ __forceinline__ T c_prime() const {
        return open ? T(0) : c * (T(1) - c);
    }
};

template <typename T>
__device__ __forceinline__ void value(const Element<T> &e, T (&out)[1]) {
    out[0] = e.gate * e.pass;
}

template <typename T>
__device__ __forceinline__ void first(const Element<T> &e, T v, T (&out)[4]) {
    T slope = v * e.gate * e.s_prime();
    out[0] = v * e.gate * e.slope();
    out[1] = slope * e.positive;
    out[2] = -slope * e.negative;
    out[3] = v * e.c_prime() * e.pass;
}

// With w = (wu, wa, wb, wc) against the four outputs of `first`.
template <typename T>
__device__ __forceinline__ void second(const Element<T> &e, T v, T wu, T wa, T wb, T wc, T (&out)[5]) {
    T isPositive = e.positive > T(0) ? T(1) : T(0);
    T isNegative = e.negative > T(0) ? T(1) : T(0);
    T s1 = e.s_prime();
    T s2 = s1 * (T(1) - T(2) * e.s);
    T c1 = e.c_prime();
    T c2 = c1 * (T(1) - T(2) * e.c);
    T wPass = wu * e.slope() + wa * s1 * e.positive - wb * s1 * e.negative;
    out[0] = v * (e.gate * (wa * s1 * isPositive + wb * s1 * isNegative) + wc * c1 * e.slope());
    out[1] = v * (e.gate * (wu * isPositive * s1 + wa * s2 * e.positive) + wc * c1 * s1 * e.positive);
    out[2] = v * (e.gate * (wu * isNegative * s1 - wb * s2 * e.negative) - wc * c1 * s1 * e.negative);
    out[3] = v * (c1 * wPass + wc * c2 * e.pass);
    out[4] = e.gate * wPass + wc * c1 * e.pass;
}

template <int ORDER, typename T>
__device__ __forceinline__ void rule(const RuleArguments<T> &arguments) {
    constexpr int N = PACK<T>;
    constexpr int OUTPUTS = ORDER == 0 ? 1 : 3 + ORDER;
    long long n = arguments.n;
    long long i = global_thread() * N;
    if (i >= n) {
        return;
    }
    int count = n - i < N ? static_cast<int>(n - i) : N;
    T x[N], u[N], a[N], b[N], c[N], v[N], w[4][N], out[OUTPUTS][N];
    load_pack(arguments.x + i, count, x);
    load_pack(arguments.u + i, count, u);
    load_pack(arguments.theta + i, count, a);
    load_pack(arguments.theta + n + i, count, b);
    load_pack(arguments.theta + 2 * n + i, count, c);
    if constexpr (ORDER > 0) {
        load_pack(arguments.v + i, count, v);
    }
    if constexpr (ORDER > 1) {
#pragma unroll
        for (int plane = 0; plane < 4; plane++) {
            load_pack(arguments.w + plane * n + i, count, w[plane]);
        }
    }
#pragma unroll
    for (int k = 0; k < N; k++) {
        Element<T> e(x[k], u[k], a[k], b[k], c[k]);
        T results[OUTPUTS];
        if constexpr (ORDER == 0) {
            value(e, results);
        } else if constexpr (ORDER == 1) {
            first(e, v[k], results);
        } else {
            second(e, v[k], w[0][k], w[1][k], w[2][k], w[3][k], results);
        }
#pragma unroll
        for (int plane = 0; plane < OUTPUTS; plane++) {
            out[plane][k] = results[plane];
        }
    }
#pragma unroll
    for (int plane = 0; plane < OUTPUTS; plane++) {
        store_pack(arguments.out + plane * n + i, count, out[plane]);
    }
}

#define TYPED(order, suffix, T)                                                                                       \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
            rules_order##order##_##suffix(BY_VALUE RuleArguments<T> arguments) {                                      \
        rule<order>(arguments);                                                                                       \
    }

TYPED(0, f32, float)
TYPED(1, f32, float)
TYPED(2, f32, float)
TYPED(0, f64, double)
TYPED(1, f64, double)
TYPED(2, f64, double)
