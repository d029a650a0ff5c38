// Functions of single elements, alone or chained, with operands that broadcast: the links are interpreted, once per
// 16 bytes of output. A thread's operands and results stand in its local memory, which the first-level cache holds.
// A link costs some 40 instructions a thread, of the some 400 that an H100 can issue while its memory moves two
// operands and a result of that thread.
// Floor: each operand read once, the output written once.
#include "functions.cuh"
#include "layout.cuh"
#include "values.cuh"

constexpr int MAX_LINKS = 12;
constexpr int MAX_OPERANDS = 26;

// What a link computes: a UnaryFunction, or one of these, to the first of which a BinaryFunction is added.
enum { BINARY = 32, SELECT = 64, CHANNEL_AFFINE = 65 };

// How an operand is read: as the output is laid out, one element for all, or by strides.
enum { DENSE = 0, SINGLE = 1, STRIDED = 2 };

struct Operand {
    const void *data;
    long long mode;
    Strides strides;
};

// Sources are numbered: the operands, then the results of the links in order.
struct Link {
    unsigned char function;
    unsigned char source[3];
    unsigned char unused[4];
    double alpha;
    double beta;
};

struct Program {
    int operands;
    int links;
    Extents extents;
    Link link[MAX_LINKS];
    Operand operand[MAX_OPERANDS];
};

template <typename From, typename To, int N>
__device__ __forceinline__ void copy(const From (&from)[N], To (&to)[N]) {
#pragma unroll
    for (int k = 0; k < N; k++) {
        to[k] = static_cast<To>(from[k]);
    }
}

// Dense operands are asked for several at a time, so that memory is waited for once.
template <typename T, typename C, int N>
__device__ __forceinline__ void read_dense(const Program &program, long long element, int count, C (*values)[N]) {
    constexpr int TOGETHER = 4;
    for (int i = 0; i < program.operands; i += TOGETHER) {
        T raw[TOGETHER][N];
#pragma unroll
        for (int j = 0; j < TOGETHER; j++) {
            if (i + j < program.operands && program.operand[i + j].mode == DENSE) {
                load_pack(static_cast<const T *>(program.operand[i + j].data) + element, count, raw[j]);
            }
        }
#pragma unroll
        for (int j = 0; j < TOGETHER; j++) {
            if (i + j < program.operands && program.operand[i + j].mode == DENSE) {
                copy(raw[j], values[i + j]);
            }
        }
    }
}

template <typename T, typename C, int N>
__device__ __forceinline__ void read_others(const Program &program, long long element, int count, C (*values)[N]) {
#pragma unroll 1
    for (int i = 0; i < program.operands; i++) {
        const Operand &operand = program.operand[i];
        const T *data = static_cast<const T *>(operand.data);
        if (operand.mode == DENSE) {
            continue;
        }
        T raw[N];
        if (operand.mode == SINGLE) {
            T value = *data;
#pragma unroll
            for (int k = 0; k < N; k++) {
                raw[k] = value;
            }
        } else {
            load_strided(data, program.extents, operand.strides, element, count, raw);
        }
        copy(raw, values[i]);
    }
}

template <typename C, int N>
__device__ __forceinline__ void apply(
        const Link &link, const C (&a)[N], const C (&b)[N], const C (&c)[N], C (&result)[N]) {
    if (link.function < BINARY) {
        apply_unary(link.function, link.alpha, link.beta, a, result);
    } else if (link.function < SELECT) {
        apply_binary(link.function - BINARY, a, b, result);
    } else {
#pragma unroll
        for (int k = 0; k < N; k++) {
            C chosen = a[k] != C(0) ? b[k] : c[k];
            result[k] = link.function == SELECT ? chosen : multiply_add(a[k], b[k], c[k]);
        }
    }
}

template <typename T, typename C, int N>
__device__ __forceinline__ void run_chain(const Program &program, T *out) {
    long long element = global_thread() * N;
    if (element >= program.extents.elements) {
        return;
    }
    long long left = program.extents.elements - element;
    int count = left < N ? static_cast<int>(left) : N;
    C values[MAX_OPERANDS + MAX_LINKS][N];
    read_dense<T>(program, element, count, values);
    read_others<T>(program, element, count, values);
    C x[N], y[N], z[N], latest[N] = {};
    T result[N] = {};
#pragma unroll 1
    for (int i = 0; i < program.links; i++) {
        const Link &link = program.link[i];
        copy(values[link.source[0]], x);
        copy(values[link.source[1]], y);
        copy(values[link.source[2]], z);
        apply(link, x, y, z, latest);
#pragma unroll
        for (int k = 0; k < N; k++) {
            result[k] = converted<T>(latest[k]);
        }
        copy(result, values[program.operands + i]);
    }
    store_pack(out + element, count, result);
}

// out may be a dense operand: a thread reads all operands at its elements before it writes there.
extern "C" __global__ void __launch_bounds__(256) chain_run_f32(BY_VALUE Program program, float *out) {
    run_chain<float, float, PACK<float>>(program, out);
}

extern "C" __global__ void __launch_bounds__(256) chain_run_f64(BY_VALUE Program program, double *out) {
    run_chain<double, double, PACK<double>>(program, out);
}

extern "C" __global__ void __launch_bounds__(256) chain_run_i64(BY_VALUE Program program, long long *out) {
    run_chain<long long, double, PACK<long long>>(program, out);
}
