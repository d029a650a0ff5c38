// The panels of a matrix product.
#pragma once
#include "target.cuh"

// How a matrix's elements come into shared memory as [term][line], where lines are its rows or columns to keep.
enum Reading {
    STRIDED,       // one by one
    PACKED_TERMS,  // 16 bytes of successive terms of a line
    PACKED_LINES   // 16 bytes of successive lines of a term
};

// One operand: element (line, term) lies at (line/fold)·foldPitch + (line%fold)·linePitch + term·termPitch of its batch.
template <typename T>
struct Matrix {
    const T *data;
    long long batchPitch;  // 0 where one matrix serves all
    long long foldPitch, linePitch, termPitch;
    int lines, fold;
    int reading;
};

// out[batch, m, n] = Σ_k a(m, k) · b(n, k). Where one a serves all batches, their columns may be laid side by side ("folded").
template <typename T>
struct MatrixProduct {
    Matrix<T> a, b;
    Target<T> target;
    long long batchPitch, foldPitch;  // of the output, in which rows are `b.fold` long
    int batches, depth, splits;
};

template <typename Shape, int LINES>
class MatrixPanel {
    using T = typename Shape::T;
    static constexpr int count = LINES * Shape::depth / Shape::threads;
    static constexpr int packed = count < PACK<T> ? count : PACK<T>;
    static constexpr int packsPerTerm = LINES / packed;

    const Matrix<T> &matrix;
    const T *place;  // of this thread's first line, or null beyond the last
    T values[count];

    __device__ __forceinline__ bool packsLines() const { return matrix.reading == PACKED_LINES; }

    __device__ __forceinline__ int line() const {
        return packsLines() ? threadIdx.x % packsPerTerm * packed : threadIdx.x % LINES;
    }

    // Of the value number i.
    __device__ __forceinline__ int term(int i) const {
        return packsLines() ? threadIdx.x / packsPerTerm + i / packed * (Shape::threads / packsPerTerm)
                            : threadIdx.x / LINES * count + i;
    }

   public:
    __device__ __forceinline__ MatrixPanel(const Matrix<T> &matrix, int batch, int first) : matrix(matrix) {
        int at = first + line();
        place = matrix.data + batch * matrix.batchPitch + at / matrix.fold * matrix.foldPitch
            + at % matrix.fold * matrix.linePitch;
        if (at >= matrix.lines) place = nullptr;
    }

    __device__ __forceinline__ void fetch(int k, int to) {
        if (matrix.reading == STRIDED) {
#pragma unroll
            for (int i = 0; i < count; ++i) {
                int at = k + term(i);
                values[i] = place && at < to ? place[at * matrix.termPitch] : T(0);
            }
        } else {
#pragma unroll
            for (int i = 0; i < count; i += packed) {
                int at = k + term(i);
                Pack<T, packed> pack = {};
                if (place && at < to) pack = *reinterpret_cast<const Pack<T, packed> *>(place + at * matrix.termPitch);
#pragma unroll
                for (int j = 0; j < packed; ++j) values[i + j] = pack.at[j];
            }
        }
    }

    // Starts to copy the slab of term k to shared memory, past the registers.
    __device__ __forceinline__ void copy(int k, int to, T *panel, int pitch) const {
        if (packsLines()) {
#pragma unroll
            for (int i = 0; i < count; i += packed) {
                int at = k + term(i);
                copy_async_16(panel + term(i) * pitch + line(), place + at * matrix.termPitch, place && at < to);
            }
        } else {
#pragma unroll
            for (int i = 0; i < count; ++i) {
                int at = k + term(i);
                copy_async_4(panel + term(i) * pitch + line(), place + at * matrix.termPitch, place && at < to);
            }
        }
    }

    __device__ __forceinline__ void put(T *panel, int pitch) const {
        if (packsLines()) {
#pragma unroll
            for (int i = 0; i < count; i += packed) {
                Pack<T, packed> pack;
#pragma unroll
                for (int j = 0; j < packed; ++j) pack.at[j] = values[i + j];
                *reinterpret_cast<Pack<T, packed> *>(panel + term(i) * pitch + line()) = pack;
            }
        } else {
#pragma unroll
            for (int i = 0; i < count; ++i) panel[term(i) * pitch + line()] = values[i];
        }
    }
};

template <typename Shape>
class MatrixPanels {
    using T = typename Shape::T;
    MatrixPanel<Shape, Shape::rows> a;
    MatrixPanel<Shape, Shape::columns> b;

   public:
    __device__ __forceinline__ MatrixPanels(const MatrixProduct<T> &product, int batch, int row, int column)
        : a(product.a, batch, row), b(product.b, batch, column) {}

    __device__ __forceinline__ void fetch(int k, int to) {
        a.fetch(k, to);
        b.fetch(k, to);
    }

    __device__ __forceinline__ void copy(int k, int to, T *left, T *right) const {
        a.copy(k, to, left, Shape::leftPitch);
        b.copy(k, to, right, Shape::rightPitch);
    }

    __device__ __forceinline__ void put(T *left, T *right) const {
        a.put(left, Shape::leftPitch);
        b.put(right, Shape::rightPitch);
    }
};

// Where the block's rows and columns lie in the output; a row is a channel of the epilogue.
template <typename T>
struct MatrixLayout {
    static constexpr bool hasEpilogue = true;

    const MatrixProduct<T> &product;
    int batch, firstRow, firstColumn;

    __device__ __forceinline__ bool hasRow(int m) const { return firstRow + m < product.a.lines; }
    __device__ __forceinline__ int channel(int m) const { return firstRow + m; }

    __device__ __forceinline__ long long row(int m) const {
        return batch * product.batchPitch + static_cast<long long>(firstRow + m) * product.b.fold;
    }

    __device__ __forceinline__ long long column(int n) const {
        int at = firstColumn + n;
        return at < product.b.lines ? at / product.b.fold * product.foldPitch + at % product.b.fold : -1;
    }
};
