// The panels of a weight gradient: upstream gradients, and the elements that their positions met.
#pragma once
#include "counter.cuh"
#include "target.cuh"

// Of each group, with rows m (filters), columns n = (c, ty, tx) (channels, taps) and terms k = (image, oy, ox):
//
//   gradient[group·rows + m, n] = Σ_k upstream[image, group·rows + m, oy, ox] · x[image, group·channels + c, Y, X]
//   Y = oy·strideY + ty·dilationY − top, X likewise; beyond x's edges lie zeros
template <typename T>
struct WeightGradient {
    const T *x;
    const T *upstream;
    Target<T> target;
    int groups, rows, columns, depth, splits, channels;
    int height, width, outHeight, outWidth, windowHeight, windowWidth;
    int strideY, strideX, dilationY, dilationX, top, left;
    // the terms of a slab as (image, oy, ox)
    Counter slab;
};

// What threads need to know of terms and columns, in shared memory: one thread per term of a slab works it out, a slab ahead.
template <int SLAB, int COLUMNS>
class LaneTerms {
    struct alignas(16) Term {
        long long upstream;  // where (image, oy, ox) lies
        long long x;         // where (image, oy·strideY, ox·strideX) lies
        int y, column;       // oy·strideY, ox·strideX
    };

    struct alignas(16) Column {
        int place;  // of (c, ty·dilationY − top, tx·dilationX − left)
        int shiftY, shiftX;
    };

    static constexpr int outside = 1 << 29;

    Term terms[2][SLAB];
    Column columns[COLUMNS];
    Counter at[SLAB];

   public:
    // To be called by all threads; ends with a barrier.
    template <typename T>
    __device__ __forceinline__ void start(const WeightGradient<T> &g, int column, int from) {
        for (int i = threadIdx.x; i < COLUMNS; i += blockDim.x) {
            Counter n = Counter::of(column + i, g.windowHeight, g.windowWidth);
            int shiftY = n.middle * g.dilationY - g.top;
            int shiftX = n.low * g.dilationX - g.left;
            int place = (n.high * g.height + shiftY) * g.width + shiftX;
            columns[i] = {place, column + i < g.columns ? shiftY : outside, shiftX};
        }
        if (threadIdx.x < SLAB) at[threadIdx.x] = Counter::of(from + threadIdx.x, g.outHeight, g.outWidth);
        prepare(g, 0);
        __syncthreads();
    }

    // Works out the terms of the next slab, whose number's lowest bit is given.
    template <typename T>
    __device__ __forceinline__ void prepare(const WeightGradient<T> &g, int parity) {
        if (threadIdx.x < SLAB) {
            Counter term = at[threadIdx.x];
            long long image = static_cast<long long>(term.high) * g.groups;
            int y = term.middle * g.strideY;
            int x = term.low * g.strideX;
            terms[parity][threadIdx.x] = {
                (image * g.rows * g.outHeight + term.middle) * g.outWidth + term.low,
                (image * g.channels * g.height + y) * g.width + x, y, x};
            term.add(g.slab, g.outHeight, g.outWidth);
            at[threadIdx.x] = term;
        }
    }

    __device__ __forceinline__ Term term(int parity, int number) const { return terms[parity][number]; }
    __device__ __forceinline__ Column column(int number) const { return columns[number]; }
};

// Eight successive lanes read eight successive terms, which lie side by side in both arrays, of four rows and columns at a time.
template <typename Shape>
class LanePanels {
    using T = typename Shape::T;
    using Terms = LaneTerms<Shape::depth, Shape::columns>;
    static constexpr int lanes = 8;
    static constexpr int perLane = Shape::depth / lanes;
    static constexpr int apart = Shape::threads / lanes;
    static constexpr int lefts = Shape::rows / apart;
    static constexpr int rights = Shape::columns / apart;

    const WeightGradient<T> &g;
    Terms &terms;
    const T *upstream;  // of this thread's first row
    const T *x;         // of the group
    int rowsLeft;
    int parity;  // of the slab to fetch
    T a[perLane][lefts];
    T b[perLane][rights];

    // Of this thread's term number e in a slab.
    __device__ __forceinline__ static int number(int e) { return threadIdx.x % lanes + e * lanes; }
    __device__ __forceinline__ static int line() { return threadIdx.x / lanes; }

    // Hands every element of the next slab to left(e, i, address, exists) and right(e, i, address, exists).
    template <typename Left, typename Right>
    __device__ __forceinline__ void visit(int k, int to, const Left &left, const Right &right) {
#pragma unroll
        for (int e = 0; e < perLane; ++e) {
            bool within = k + number(e) < to;
            auto term = terms.term(parity, number(e));
            const T *u = upstream + term.upstream;
            const T *start = x + term.x;
#pragma unroll
            for (int i = 0; i < lefts; ++i) {
                left(e, i, u + i * apart * g.outHeight * g.outWidth, within && i * apart < rowsLeft);
            }
#pragma unroll
            for (int i = 0; i < rights; ++i) {
                auto column = terms.column(line() + i * apart);
                bool inside = within && static_cast<unsigned>(term.y + column.shiftY) < static_cast<unsigned>(g.height)
                    && static_cast<unsigned>(term.column + column.shiftX) < static_cast<unsigned>(g.width);
                right(e, i, start + column.place, inside);
            }
        }
        parity ^= 1;
        terms.prepare(g, parity);
    }

    __device__ __forceinline__ static int leftPlace(int e, int i) {
        return number(e) * Shape::leftPitch + line() + i * apart;
    }

    __device__ __forceinline__ static int rightPlace(int e, int i) {
        return number(e) * Shape::rightPitch + line() + i * apart;
    }

   public:
    // Ends with a barrier.
    __device__ __forceinline__ LanePanels(
        const WeightGradient<T> &gradient, Terms &terms, int group, int row, int column, int from)
        : g(gradient), terms(terms), parity(0) {
        upstream = g.upstream + static_cast<long long>(group * g.rows + row + line()) * g.outHeight * g.outWidth;
        x = g.x + static_cast<long long>(group) * g.channels * g.height * g.width;
        rowsLeft = g.rows - row - line();
        terms.start(g, column, from);
    }

    __device__ __forceinline__ void fetch(int k, int to) {
        visit(k, to, [this](int e, int i, const T *from, bool exists) { a[e][i] = exists ? *from : T(0); },
              [this](int e, int i, const T *from, bool exists) { b[e][i] = exists ? *from : T(0); });
    }

    __device__ __forceinline__ void put(T *leftPanel, T *rightPanel) const {
#pragma unroll
        for (int e = 0; e < perLane; ++e) {
#pragma unroll
            for (int i = 0; i < lefts; ++i) leftPanel[leftPlace(e, i)] = a[e][i];
#pragma unroll
            for (int i = 0; i < rights; ++i) rightPanel[rightPlace(e, i)] = b[e][i];
        }
    }

    // Starts to copy the next slab to shared memory, past the registers.
    __device__ __forceinline__ void copy(int k, int to, T *leftPanel, T *rightPanel) {
        visit(k, to,
              [&](int e, int i, const T *from, bool exists) { copy_async_4(leftPanel + leftPlace(e, i), from, exists); },
              [&](int e, int i, const T *from, bool exists) { copy_async_4(rightPanel + rightPlace(e, i), from, exists); });
    }
};

// Where the block's rows and columns lie in the gradient, a matrix per group.
struct LaneLayout {
    static constexpr bool hasEpilogue = false;

    int rows, columns;
    long long first;
    int pitch;

    __device__ __forceinline__ bool hasRow(int m) const { return m < rows; }
    __device__ __forceinline__ int channel(int) const { return 0; }
    __device__ __forceinline__ long long row(int m) const { return first + static_cast<long long>(m) * pitch; }
    __device__ __forceinline__ long long column(int n) const { return n < columns ? n : -1; }
};
