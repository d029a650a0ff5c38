// Pooling over windows of N*C planes: the index of each window's largest element, its sum, and the sum's adjoint,
// written as a gather. A thread makes one element; neighbours share what they read through the cache.
// Floor: the input read once, the output written once.
#include "layout.cuh"
#include "values.cuh"

// `walk` has the axes x, y, plane of what is written.
struct Windows {
    Extents walk;
    long long planeIn, planeOut;  // elements of a plane of the pooled images, and of the windows
    int height, width;            // of the pooled images
    int rows, columns;            // how many windows there are
    int windowHeight, windowWidth;
    int strideY, strideX;
    int dilationY, dilationX;
    int padTop, padLeft;
};

struct Place {
    int x, y;
    long long plane;
};

__device__ __forceinline__ Place place_of(const Extents &walk, long long element) {
    long long row = walk.wide ? element / walk.size[0] : divided(static_cast<unsigned>(element), walk.by[0]);
    long long plane = walk.wide ? row / walk.size[1] : divided(static_cast<unsigned>(row), walk.by[1]);
    return {static_cast<int>(element - row * walk.size[0]), static_cast<int>(row - plane * walk.size[1]), plane};
}

// The first of equals; padding never wins; NaN wins over numbers. -1 where the window lies in the padding altogether.
template <typename T>
__device__ __forceinline__ void max_indices(const Windows &w, const T *x, long long *out) {
    long long i = global_thread();
    if (i >= w.walk.elements) {
        return;
    }
    Place at = place_of(w.walk, i);
    const T *plane = x + at.plane * w.planeIn;
    int top = at.y * w.strideY - w.padTop;
    int left = at.x * w.strideX - w.padLeft;
    long long best = -1;
    T champion = T(0);
    for (int r = 0; r < w.windowHeight; r++) {
        int iy = top + r * w.dilationY;
        if (iy < 0 || iy >= w.height) {
            continue;
        }
        for (int c = 0; c < w.windowWidth; c++) {
            int ix = left + c * w.dilationX;
            if (ix < 0 || ix >= w.width) {
                continue;
            }
            long long index = static_cast<long long>(iy) * w.width + ix;
            T value = plane[index];
            if (best < 0 || value > champion || (value != value && champion == champion)) {
                best = index;
                champion = value;
            }
        }
    }
    out[i] = best;
}

template <typename T>
__device__ __forceinline__ void sum(const Windows &w, const T *x, T *out) {
    long long i = global_thread();
    if (i >= w.walk.elements) {
        return;
    }
    Place at = place_of(w.walk, i);
    const T *plane = x + at.plane * w.planeIn;
    int top = at.y * w.strideY - w.padTop;
    int left = at.x * w.strideX - w.padLeft;
    double sum = 0;
    for (int r = 0; r < w.windowHeight; r++) {
        int iy = top + r * w.dilationY;
        if (iy < 0 || iy >= w.height) {
            continue;
        }
        for (int c = 0; c < w.windowWidth; c++) {
            int ix = left + c * w.dilationX;
            if (ix >= 0 && ix < w.width) {
                sum += static_cast<double>(plane[static_cast<long long>(iy) * w.width + ix]);
            }
        }
    }
    out[i] = converted<T>(sum);
}

// Which window meets an element with a tap, or -1: (element + padding - tap*dilation) / stride where that is whole.
__device__ __forceinline__ int window_at(int element, int padding, int tap, int dilation, int stride, int windows) {
    int from = element + padding - tap * dilation;
    int window = from / stride;
    return from >= 0 && window < windows && window * stride == from ? window : -1;
}

// Windows in ascending order, which is that of descending taps.
template <typename T>
__device__ __forceinline__ void sum_adjoint(const Windows &w, const T *u, T *out) {
    long long i = global_thread();
    if (i >= w.walk.elements) {
        return;
    }
    Place at = place_of(w.walk, i);
    const T *plane = u + at.plane * w.planeOut;
    double sum = 0;
    for (int r = w.windowHeight - 1; r >= 0; r--) {
        int oy = window_at(at.y, w.padTop, r, w.dilationY, w.strideY, w.rows);
        if (oy < 0) {
            continue;
        }
        for (int c = w.windowWidth - 1; c >= 0; c--) {
            int ox = window_at(at.x, w.padLeft, c, w.dilationX, w.strideX, w.columns);
            if (ox >= 0) {
                sum += static_cast<double>(plane[static_cast<long long>(oy) * w.columns + ox]);
            }
        }
    }
    out[i] = converted<T>(sum);
}

#define TYPED(suffix, T)                                                                                              \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
            pooling_max_indices_##suffix(BY_VALUE Windows w, const T *x, long long *out) {                            \
        max_indices(w, x, out);                                                                                       \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256) pooling_sum_##suffix(BY_VALUE Windows w, const T *x, T *out) {  \
        sum(w, x, out);                                                                                               \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
            pooling_sum_adjoint_##suffix(BY_VALUE Windows w, const T *u, T *out) {                                    \
        sum_adjoint(w, u, out);                                                                                       \
    }

TYPED(f32, float)
TYPED(f64, double)
TYPED(i64, long long)
