// The panels of a convolution and of its input gradient: weights, and the elements that meet them.
#pragma once
#include "counter.cuh"
#include "target.cuh"
#include "window.cuh"

// Of each group, with rows m (channels to write), columns n = (image, qy, qx) and terms k = (c, jy, jx) (channels to read, taps):
//
//   out[image, group·rows + m, y.first + qy·y.every, …] = Σ_k weights(m, k) · source[image, group·channels + c, Y, X]
//   Y = y.origin + qy·y.stride + jy·y.step, X likewise; beyond the source's edges lie zeros
//   weights(m, k) = weights[group·weightGroup + m·weightRow + c·weightChannel + (tapY, tapX)]
template <typename T>
struct GatheredConvolution {
    const T *source;
    const T *weights;
    Target<T> target;
    Axis y, x;
    int images, groups, rows, channels, splits;
    int weightGroup, weightRow, weightChannel;
    // whether a row's weights lie in the order of k, at multiples of 16 bytes
    int weightsPacked;

    // As many as the largest phase has.
    __device__ __forceinline__ int columns() const {
        return images * ((y.out - 1) / y.every + 1) * ((x.out - 1) / x.every + 1);
    }
};

// What all threads need to know of a term, in shared memory: one thread per term of a slab works it out, a slab ahead.
template <int SLAB>
class GatheredTerms {
    struct alignas(16) Term {
        int place;        // of (c, Y, X) relative to (0, y.origin + qy·y.stride, …)
        int shiftY;       // jy·y.step, or far outside beyond the last term
        int shiftX;       // jx·x.step
        int weightPlace;  // relative to the row's first weight, or −1 beyond the last term
    };

    // Below every image, even seen from a column that lies 2^29 above all of them.
    static constexpr int outside = 1 << 30;

    Term terms[2][SLAB];
    Counter at[SLAB];
    Counter step;
    int tapsY, tapsX;

   public:
    // To be called by all threads; ends with a barrier.
    template <typename T>
    __device__ __forceinline__ void start(const GatheredConvolution<T> &c, const Phase &y, const Phase &x, int from) {
        if (threadIdx.x == 0) {
            step = Counter::of(SLAB, y.taps, x.taps);
            tapsY = y.taps;
            tapsX = x.taps;
        }
        if (threadIdx.x < SLAB) at[threadIdx.x] = Counter::of(from + threadIdx.x, y.taps, x.taps);
        __syncthreads();
        prepare(c, 0);
        __syncthreads();
    }

    // Works out the terms of the next slab, whose number's lowest bit is given.
    template <typename T>
    __device__ __forceinline__ void prepare(const GatheredConvolution<T> &c, int parity) {
        if (threadIdx.x < SLAB) {
            Counter term = at[threadIdx.x];
            bool exists = term.high < c.channels;
            int shiftY = term.middle * c.y.step;
            int shiftX = term.low * c.x.step;
            int tap = term.middle * c.y.period * c.x.window + term.low * c.x.period;
            terms[parity][threadIdx.x] = {(term.high * c.y.source + shiftY) * c.x.source + shiftX,
                                          exists ? shiftY : outside, shiftX,
                                          exists ? term.high * c.weightChannel + tap : -1};
            term.add(step, tapsY, tapsX);
            at[threadIdx.x] = term;
        }
    }

    __device__ __forceinline__ Term term(int parity, int number) const { return terms[parity][number]; }
};

template <typename Shape>
class GatheredPanels {
    using T = typename Shape::T;
    static constexpr int lefts = Shape::rows * Shape::depth / Shape::threads;
    static constexpr int rights = Shape::columns * Shape::depth / Shape::threads;
    static constexpr int packed = lefts < PACK<T> ? lefts : PACK<T>;

    const GatheredConvolution<T> &c;
    GatheredTerms<Shape::depth> &terms;
    const T *weights;  // of this thread's row, or null beyond the last row
    const T *source;   // what this thread's column meets under the first term
    int originY, originX;
    int parity;  // of the slab to fetch
    T a[lefts];
    T b[rights];

    __device__ __forceinline__ static int leftRow() { return threadIdx.x % Shape::rows; }
    __device__ __forceinline__ static int leftTerm() { return threadIdx.x / Shape::rows * lefts; }
    __device__ __forceinline__ static int rightColumn() { return threadIdx.x % Shape::columns; }
    __device__ __forceinline__ static int rightTerm() { return threadIdx.x / Shape::columns * rights; }

   public:
    // Ends with a barrier.
    __device__ __forceinline__ GatheredPanels(
        const GatheredConvolution<T> &convolution, GatheredTerms<Shape::depth> &terms, const Phase &y, const Phase &x, int group,
        int row, int column, int from)
        : c(convolution), terms(terms), parity(0) {
        int m = row + leftRow();
        weights = c.weights + group * c.weightGroup + static_cast<long long>(m) * c.weightRow + y.tap * c.x.window + x.tap;
        if (m >= c.rows) weights = nullptr;
        int n = column + rightColumn();
        int pixels = y.count * x.count;
        int image = n / pixels;
        int pixel = n % pixels;
        originY = image < c.images ? y.origin + pixel / x.count * c.y.stride : -(1 << 29);
        originX = x.origin + pixel % x.count * c.x.stride;
        long long plane = (static_cast<long long>(image) * c.groups + group) * c.channels;
        source = c.source + (plane * c.y.source + originY) * c.x.source + originX;
        terms.start(c, y, x, from);
    }

    __device__ __forceinline__ void fetch(int k, int to) {
        if (c.weightsPacked) {
            fetchPacked(k + leftTerm(), to);
        } else {
            fetchStrided();
        }
#pragma unroll
        for (int i = 0; i < rights; ++i) {
            auto term = terms.term(parity, rightTerm() + i);
            b[i] = isInside(term) ? source[term.place] : T(0);
        }
        parity ^= 1;
        terms.prepare(c, parity);
    }

    __device__ __forceinline__ void put(T *leftPanel, T *rightPanel) const {
#pragma unroll
        for (int i = 0; i < lefts; ++i) leftPanel[(leftTerm() + i) * Shape::leftPitch + leftRow()] = a[i];
#pragma unroll
        for (int i = 0; i < rights; ++i) rightPanel[(rightTerm() + i) * Shape::rightPitch + rightColumn()] = b[i];
    }

    // Starts to copy the next slab to shared memory, past the registers.
    __device__ __forceinline__ void copy(int, int, T *leftPanel, T *rightPanel) {
#pragma unroll
        for (int i = 0; i < lefts; ++i) {
            int place = terms.term(parity, leftTerm() + i).weightPlace;
            copy_async_4(leftPanel + (leftTerm() + i) * Shape::leftPitch + leftRow(), weights + place,
                         weights && place >= 0);
        }
#pragma unroll
        for (int i = 0; i < rights; ++i) {
            auto term = terms.term(parity, rightTerm() + i);
            copy_async_4(rightPanel + (rightTerm() + i) * Shape::rightPitch + rightColumn(), source + term.place,
                         isInside(term));
        }
        parity ^= 1;
        terms.prepare(c, parity);
    }

   private:
    template <typename Term>
    __device__ __forceinline__ bool isInside(const Term &term) const {
        return static_cast<unsigned>(originY + term.shiftY) < static_cast<unsigned>(c.y.source)
            && static_cast<unsigned>(originX + term.shiftX) < static_cast<unsigned>(c.x.source);
    }

    __device__ __forceinline__ void fetchPacked(int k, int to) {
#pragma unroll
        for (int i = 0; i < lefts; i += packed) {
            Pack<T, packed> pack = {};
            if (weights && k + i < to) pack = *reinterpret_cast<const Pack<T, packed> *>(weights + k + i);
#pragma unroll
            for (int j = 0; j < packed; ++j) a[i + j] = pack.at[j];
        }
    }

    __device__ __forceinline__ void fetchStrided() {
#pragma unroll
        for (int i = 0; i < lefts; ++i) {
            int place = terms.term(parity, leftTerm() + i).weightPlace;
            a[i] = weights && place >= 0 ? weights[place] : T(0);
        }
    }
};

// Where the block's rows and columns lie in the output.
template <typename T>
class GatheredLayout {
    const GatheredConvolution<T> &c;
    const Phase &y;
    const Phase &x;
    int group, firstRow, firstColumn;

   public:
    static constexpr bool hasEpilogue = true;

    __device__ __forceinline__ GatheredLayout(
        const GatheredConvolution<T> &convolution, const Phase &y, const Phase &x, int group, int row, int column)
        : c(convolution), y(y), x(x), group(group), firstRow(row), firstColumn(column) {}

    __device__ __forceinline__ bool hasRow(int m) const { return firstRow + m < c.rows; }

    __device__ __forceinline__ int channel(int m) const { return group * c.rows + firstRow + m; }

    __device__ __forceinline__ long long row(int m) const {
        return static_cast<long long>(channel(m)) * c.y.out * c.x.out;
    }

    __device__ __forceinline__ long long column(int n) const {
        int pixels = y.count * x.count;
        int image = (firstColumn + n) / pixels;
        int pixel = (firstColumn + n) % pixels;
        if (image >= c.images) return -1;
        int outY = y.first + pixel / x.count * c.y.every;
        int outX = x.first + pixel % x.count * c.x.every;
        return (static_cast<long long>(image) * c.groups * c.rows * c.y.out + outY) * c.x.out + outX;
    }
};
