// Functions of single elements, alone or chained, with operands that broadcast: the links are interpreted, once per 16 bytes
// of output, and results that the next link reads stay in registers. Decoding costs some 30 instructions a link and thread,
// of the some 400 that an H100 can issue while its memory moves three operands of a thread.
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
    unsigned char kept;  // read by others than the next link
    unsigned char unused[3];
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

template <typename T, typename C, int N>
__device__ __forceinline__ void read_operand(
        const Program &program, int number, long long element, int count, C (&values)[N]) {
    const Operand &operand = program.operand[number];
    const T *data = static_cast<const T *>(operand.data);
    T raw[N];
    if (operand.mode == DENSE) {
        load_pack(data + element, count, raw);
    } else if (operand.mode == SINGLE) {
        T value = *data;
#pragma unroll
        for (int k = 0; k < N; k++) {
            raw[k] = value;
        }
    } else {
        load_strided(data, program.extents, operand.strides, element, count, raw);
    }
#pragma unroll
    for (int k = 0; k < N; k++) {
        values[k] = static_cast<C>(raw[k]);
    }
}

template <typename C, int N>
__device__ __forceinline__ void copy(const C (&from)[N], C (&to)[N]) {
#pragma unroll
    for (int k = 0; k < N; k++) {
        to[k] = from[k];
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
    C latest[N] = {};
    C kept[MAX_LINKS][N];
    for (int i = 0; i < program.links; i++) {
        const Link &link = program.link[i];
        auto read = [&](int source, C(&values)[N]) {
            int result = source - program.operands;
            if (result < 0) {
                read_operand<T>(program, source, element, count, values);
            } else if (result == i - 1) {
                copy(latest, values);
            } else {
                copy(kept[result], values);
            }
        };
        C x[N];
        read(link.source[0], x);
        if (link.function < BINARY) {
            apply_unary(link.function, link.alpha, link.beta, x, latest);
        } else {
            C y[N];
            read(link.source[1], y);
            if (link.function < SELECT) {
                apply_binary(link.function - BINARY, x, y, latest);
            } else {
                C z[N];
                read(link.source[2], z);
#pragma unroll
                for (int k = 0; k < N; k++) {
                    C chosen = x[k] != C(0) ? y[k] : z[k];
                    latest[k] = link.function == SELECT ? chosen : multiply_add(x[k], y[k], z[k]);
                }
            }
        }
        if (link.kept) {
            copy(latest, kept[i]);
        }
    }
    T result[N];
#pragma unroll
    for (int k = 0; k < N; k++) {
        result[k] = converted<T>(latest[k]);
    }
    store_pack(out + element, count, result);
}

// out may be a dense operand: a thread reads all operands at its elements before it writes there.
extern "C" __global__ void __launch_bounds__(256) chain_run_f32(const Program program, float *out) {
    run_chain<float, float, PACK<float>>(program, out);
}

extern "C" __global__ void __launch_bounds__(256) chain_run_f64(const Program program, double *out) {
    run_chain<double, double, PACK<double>>(program, out);
}

extern "C" __global__ void __launch_bounds__(256) chain_run_i64(const Program program, long long *out) {
    run_chain<long long, double, PACK<long long>>(program, out);
}
