// The functions of one and two elements, after the engine's UnaryFunction and BinaryFunction: NaN stays NaN.
#pragma once
#include "common.cuh"

// In the order of the engine's enumeration.
enum UnaryFunction {
    NEGATE,
    ABSOLUTE,
    SIGN,
    EXP,
    LOG,
    SQRT,
    RECIPROCAL,
    SQUARE,
    SIN,
    COS,
    TANH,
    SIGMOID,
    SOFTPLUS,
    ERF,
    FLOOR,
    CEIL,
    ROUND,
    POSITIVE_PART,
    STEP,
    LEAKY,
    AFFINE,
    POWER,
    CLIP,
    INSIDE
};

// In the order of the engine's enumeration.
enum BinaryFunction {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    POWER_OF,
    MINIMUM,
    MAXIMUM,
    EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    GATE
};

// Long functions are called, not copied to every place that uses them: a driver assembles modules of half the size
// twice as fast, and calls cost little beside them.
#define CALLED __device__ __attribute__((noinline))

__device__ __forceinline__ float exponential(float x) { return expf(x); }
CALLED double exponential(double x) { return exp(x); }
__device__ __forceinline__ float logarithm(float x) { return logf(x); }
CALLED double logarithm(double x) { return log(x); }
CALLED float logarithm_of_1_plus(float x) { return log1pf(x); }
CALLED double logarithm_of_1_plus(double x) { return log1p(x); }
CALLED float sine(float x) { return sinf(x); }
CALLED double sine(double x) { return sin(x); }
CALLED float cosine(float x) { return cosf(x); }
CALLED double cosine(double x) { return cos(x); }
CALLED float hyperbolic_tangent(float x) { return tanhf(x); }
CALLED double hyperbolic_tangent(double x) { return tanh(x); }
CALLED float error_function(float x) { return erff(x); }
CALLED double error_function(double x) { return erf(x); }
__device__ __forceinline__ float square_root(float x) { return sqrtf(x); }
__device__ __forceinline__ double square_root(double x) { return sqrt(x); }
__device__ __forceinline__ float round_down(float x) { return floorf(x); }
__device__ __forceinline__ double round_down(double x) { return floor(x); }
__device__ __forceinline__ float round_up(float x) { return ceilf(x); }
__device__ __forceinline__ double round_up(double x) { return ceil(x); }
__device__ __forceinline__ float round_to_even(float x) { return rintf(x); }
__device__ __forceinline__ double round_to_even(double x) { return rint(x); }
__device__ __forceinline__ float magnitude(float x) { return fabsf(x); }
__device__ __forceinline__ double magnitude(double x) { return fabs(x); }
__device__ __forceinline__ float multiply_add(float a, float b, float c) { return fmaf(a, b, c); }
__device__ __forceinline__ double multiply_add(double a, double b, double c) { return fma(a, b, c); }
__device__ __forceinline__ float larger_number(float a, float b) { return fmaxf(a, b); }
__device__ __forceinline__ double larger_number(double a, double b) { return fmax(a, b); }
__device__ __forceinline__ float smaller_number(float a, float b) { return fminf(a, b); }
__device__ __forceinline__ double smaller_number(double a, double b) { return fmin(a, b); }

template <typename C>
__device__ __forceinline__ C maximum(C a, C b) {
    return a != a || b != b ? a + b : larger_number(a, b);
}

template <typename C>
__device__ __forceinline__ C minimum(C a, C b) {
    return a != a || b != b ? a + b : smaller_number(a, b);
}

// Both branches of the usual two in one, with e = exp(-|x|): no overflow, and full relative accuracy for negative x.
template <typename C>
__device__ __forceinline__ C sigmoid(C x) {
    C e = exponential(-magnitude(x));
    C denominator = C(1) + e;
    return x >= C(0) ? C(1) / denominator : e / denominator;
}

template <typename C>
__device__ __forceinline__ C softplus(C x) {
    return maximum(x, C(0)) + logarithm_of_1_plus(exponential(-magnitude(x)));
}

template <typename C>
__device__ __forceinline__ C sign(C x) {
    return x > C(0) ? C(1) : x < C(0) ? C(-1) : x;
}

// In F64 throughout, for the last digits. Unlike C, Java has no number for 1^NaN and (+-1)^(+-infinity).
CALLED double power_f64(double a, double b) {
    bool undefined = b != b || (fabs(a) == 1 && fabs(b) > 1.7976931348623157e308);
    return undefined ? b - b : pow(a, b);
}

template <typename C>
__device__ __forceinline__ C power(C a, C b) {
    return static_cast<C>(power_f64(a, b));
}

#define EACH(expression)                  \
    _Pragma("unroll") for (int k = 0; k < N; k++) { \
        const C v = x[k];                 \
        y[k] = (expression);              \
    }                                     \
    break

// y = f(x), the choice of function made once for all elements. x and y may be the same.
template <typename C, int N>
__device__ __forceinline__ void apply_unary(int function, double parameter, double second, const C (&x)[N], C (&y)[N]) {
    const C alpha = static_cast<C>(parameter);
    const C beta = static_cast<C>(second);
    switch (function) {
        case NEGATE: EACH(-v);
        case ABSOLUTE: EACH(magnitude(v));
        case SIGN: EACH(sign(v));
        case EXP: EACH(exponential(v));
        case LOG: EACH(logarithm(v));
        case SQRT: EACH(square_root(v));
        case RECIPROCAL: EACH(C(1) / v);
        case SQUARE: EACH(v * v);
        case SIN: EACH(sine(v));
        case COS: EACH(cosine(v));
        case TANH: EACH(hyperbolic_tangent(v));
        case SIGMOID: EACH(sigmoid(v));
        case SOFTPLUS: EACH(softplus(v));
        case ERF: EACH(error_function(v));
        case FLOOR: EACH(round_down(v));
        case CEIL: EACH(round_up(v));
        case ROUND: EACH(round_to_even(v));
        case POSITIVE_PART: EACH(maximum(v, C(0)));
        case STEP: EACH(v > C(0) ? C(1) : v != v ? v : C(0));
        case LEAKY: EACH(v > C(0) ? v : alpha * v);
        case AFFINE: EACH(multiply_add(alpha, v, beta));
        case POWER: EACH(static_cast<C>(power_f64(v, parameter)));
        case CLIP: EACH(minimum(maximum(v, alpha), beta));
        case INSIDE: EACH(v > alpha && v < beta ? C(1) : v != v ? v : C(0));
    }
}

// y = f(x, z). y may be either operand.
template <typename C, int N>
__device__ __forceinline__ void apply_binary(int function, const C (&x)[N], const C (&z)[N], C (&y)[N]) {
    switch (function) {
        case ADD: EACH(v + z[k]);
        case SUBTRACT: EACH(v - z[k]);
        case MULTIPLY: EACH(v * z[k]);
        case DIVIDE: EACH(v / z[k]);
        case POWER_OF: EACH(power(v, z[k]));
        case MINIMUM: EACH(minimum(v, z[k]));
        case MAXIMUM: EACH(maximum(v, z[k]));
        case EQUAL: EACH(v == z[k] ? C(1) : C(0));
        case LESS: EACH(v < z[k] ? C(1) : C(0));
        case LESS_OR_EQUAL: EACH(v <= z[k] ? C(1) : C(0));
        case GREATER: EACH(v > z[k] ? C(1) : C(0));
        case GREATER_OR_EQUAL: EACH(v >= z[k] ? C(1) : C(0));
        case GATE: EACH(z[k] > C(0) ? v : C(0));
    }
}
#undef EACH
