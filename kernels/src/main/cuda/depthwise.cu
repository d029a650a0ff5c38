// Convolutions of groups of a few channels, depthwise ones above all, and their gradients: without tiles, which so few rows would
// leave empty. They are bound by memory.
#include "gathered_panels.cuh"
#include "lane_panels.cuh"

constexpr int ROWS_PER_THREAD = 4;
constexpr int SUM_THREADS = 256;

// One result of a convolution or an input gradient, in the order of channels and taps.
template <typename T>
__device__ __forceinline__ T sum_taps(
    const GatheredConvolution<T> &c, const Phase &y, const Phase &x, int row, int column, const T *source, const T *weights) {
    T sum = T(0);
    for (int channel = 0; channel < c.channels; ++channel) {
        for (int j = 0; j < y.taps; ++j) {
            int sourceY = row + j * c.y.step;
            if (static_cast<unsigned>(sourceY) >= static_cast<unsigned>(c.y.source)) continue;
            const T *from = source + (channel * c.y.source + sourceY) * c.x.source;
            const T *w = weights + channel * c.weightChannel + (y.tap + j * c.y.period) * c.x.window + x.tap;
            for (int i = 0; i < x.taps; ++i) {
                int sourceX = column + i * c.x.step;
                if (static_cast<unsigned>(sourceX) < static_cast<unsigned>(c.x.source)) {
                    sum = fma(w[i * c.x.period], from[sourceX], sum);
                }
            }
        }
    }
    return sum;
}

// A thread computes four successive rows of one column.
template <typename T>
__device__ __forceinline__ void convolve_directly(const GatheredConvolution<T> &c) {
    int quads = (c.y.out + ROWS_PER_THREAD - 1) / ROWS_PER_THREAD;
    int at = blockIdx.x * blockDim.x + threadIdx.x;
    int outX = at % c.x.out;
    at /= c.x.out;
    int firstY = at % quads * ROWS_PER_THREAD;
    at /= quads;
    int channel = at % (c.groups * c.rows);
    int image = at / (c.groups * c.rows);
    if (image >= c.images) return;
    int group = channel / c.rows;
    Phase x = c.x.phase(c.x.remainder(outX));
    int column = x.origin + (outX - x.first) / c.x.every * c.x.stride;
    const T *source = c.source
        + (static_cast<long long>(image) * c.groups + group) * c.channels * c.y.source * c.x.source;
    const T *weights = c.weights + group * c.weightGroup + channel % c.rows * c.weightRow;
    long long place = (static_cast<long long>(image) * c.groups * c.rows + channel) * c.y.out * c.x.out + outX;
    for (int outY = firstY; outY < min(firstY + ROWS_PER_THREAD, c.y.out); ++outY) {
        Phase y = c.y.phase(c.y.remainder(outY));
        int row = y.origin + (outY - y.first) / c.y.every * c.y.stride;
        Pack<T, 1> sum = {{sum_taps(c, y, x, row, column, source, weights)}};
        c.target.template write<true>(sum, place + static_cast<long long>(outY) * c.x.out, channel, 0);
    }
}

// A block computes one weight's gradient, or a part of its sum: each thread the terms that lie 256 apart, then all threads' sums
// in a tree.
template <typename T>
__device__ __forceinline__ void sum_weight_gradient(const WeightGradient<T> &g) {
    __shared__ T sums[SUM_THREADS];
    int weights = g.groups * g.rows * g.columns;
    int weight = blockIdx.x % weights;
    int split = blockIdx.x / weights;
    int filter = weight / g.columns;
    Counter tap = Counter::of(weight % g.columns, g.windowHeight, g.windowWidth);
    int shiftY = tap.middle * g.dilationY - g.top;
    int shiftX = tap.low * g.dilationX - g.left;
    int filters = g.groups * g.rows;
    int channels = g.groups * g.channels;
    int channel = filter / g.rows * g.channels + tap.high;
    int run = (g.depth + g.splits - 1) / g.splits;
    int end = min((split + 1) * run, g.depth);
    Counter term = Counter::of(split * run + threadIdx.x, g.outHeight, g.outWidth);
    T sum = T(0);
    for (int k = split * run + threadIdx.x; k < end; k += SUM_THREADS) {
        int y = term.middle * g.strideY + shiftY;
        int x = term.low * g.strideX + shiftX;
        if (static_cast<unsigned>(y) < static_cast<unsigned>(g.height)
            && static_cast<unsigned>(x) < static_cast<unsigned>(g.width)) {
            long long plane = static_cast<long long>(term.high) * filters + filter;
            long long image = static_cast<long long>(term.high) * channels + channel;
            sum = fma(g.upstream[(plane * g.outHeight + term.middle) * g.outWidth + term.low],
                      g.x[(image * g.height + y) * g.width + x], sum);
        }
        term.add(g.slab, g.outHeight, g.outWidth);
    }
    sums[threadIdx.x] = sum;
    __syncthreads();
    for (int half = SUM_THREADS / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        Pack<T, 1> total = {{sums[0]}};
        g.target.template write<false>(total, weight, 0, split);
    }
}

#define KERNELS(type, suffix)                                                                                     \
    extern "C" __global__ void __launch_bounds__(128) depthwise_gathered_##suffix(const GatheredConvolution<type> c) { \
        convolve_directly(c);                                                                                     \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(SUM_THREADS)                                                     \
        depthwise_weight_gradient_##suffix(const WeightGradient<type> gradient) {                                \
        sum_weight_gradient(gradient);                                                                            \
    }

KERNELS(float, f32)
KERNELS(double, f64)
