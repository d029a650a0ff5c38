// Random numbers by Philox 4x32-10 (Salmon et al., SC 2011), as the engine's Philox makes them: element i is word
// i%4 of block i/4. A thread makes one block. Normal numbers are computed in F64 and rounded once, so that all
// backends draw the same.
// Floor: the output written once.
#include "packs.cuh"
#include "values.cuh"

struct Block {
    unsigned word[4];
};

__device__ __forceinline__ Block philox(unsigned long long seed, unsigned long long counter) {
    unsigned c0 = static_cast<unsigned>(counter);
    unsigned c1 = static_cast<unsigned>(counter >> 32);
    unsigned c2 = 0;
    unsigned c3 = 0;
    unsigned k0 = static_cast<unsigned>(seed);
    unsigned k1 = static_cast<unsigned>(seed >> 32);
#pragma unroll
    for (int round = 0; round < 10; round++) {
        unsigned long long p0 = 0xD2511F53ULL * c0;
        unsigned long long p1 = 0xCD9E8D57ULL * c2;
        c0 = static_cast<unsigned>(p1 >> 32) ^ c1 ^ k0;
        c1 = static_cast<unsigned>(p1);
        c2 = static_cast<unsigned>(p0 >> 32) ^ c3 ^ k1;
        c3 = static_cast<unsigned>(p0);
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return {{c0, c1, c2, c3}};
}

constexpr double UNIT = 1.0 / (1 << 24);

__device__ __forceinline__ double uniform(unsigned word) {
    return (word >> 8) * UNIT;
}

// Box and Muller: two words make two numbers.
__device__ __forceinline__ void normal(unsigned radiusWord, unsigned angleWord, double &first, double &second) {
    double radius = sqrt(-2 * log(((radiusWord >> 8) + 0.5) * UNIT));
    double angle = 2 * 3.141592653589793 * uniform(angleWord);
    first = radius * cos(angle);
    second = radius * sin(angle);
}

template <typename T>
__device__ __forceinline__ void write(const double (&values)[4], T *out, long long block, long long n) {
    T rounded[4];
#pragma unroll
    for (int k = 0; k < 4; k++) {
        rounded[k] = converted<T>(values[k]);
    }
    long long left = n - 4 * block;
    store_pack(out + 4 * block, left < 4 ? static_cast<int>(left) : 4, rounded);
}

template <typename T>
__device__ __forceinline__ void fill_uniform(unsigned long long seed, T *out, long long n) {
    long long block = global_thread();
    if (4 * block >= n) {
        return;
    }
    Block b = philox(seed, block);
    const double values[4] = {uniform(b.word[0]), uniform(b.word[1]), uniform(b.word[2]), uniform(b.word[3])};
    write(values, out, block, n);
}

template <typename T>
__device__ __forceinline__ void fill_normal(unsigned long long seed, T *out, long long n) {
    long long block = global_thread();
    if (4 * block >= n) {
        return;
    }
    Block b = philox(seed, block);
    double values[4];
    normal(b.word[0], b.word[1], values[0], values[1]);
    normal(b.word[2], b.word[3], values[2], values[3]);
    write(values, out, block, n);
}

#define TYPED(suffix, T)                                                                                              \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
            random_uniform_##suffix(unsigned long long seed, T *out, long long n) {                                   \
        fill_uniform(seed, out, n);                                                                                   \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
            random_normal_##suffix(unsigned long long seed, T *out, long long n) {                                    \
        fill_normal(seed, out, n);                                                                                    \
    }

TYPED(f32, float)
TYPED(f64, double)
TYPED(i64, long long)
