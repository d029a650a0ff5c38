// What a block of threads does for a product of matrices, with tiles of either kind.
#pragma once
#include "matrix_panels.cuh"
#include "partition.cuh"

template <typename Shape, typename T = typename Shape::T>
__device__ __forceinline__ void multiply_matrices(const MatrixProduct<T> &product) {
    DYNAMIC_SHARED(T, memory);
    Block block = Block::of<Shape>(product.a.lines, product.b.lines, product.batches, 1);
    Part part = Part::of<Shape>(product.depth, product.splits, block.split);
    typename Shape::Sums sums = {};
    MatrixPanels<Shape> panels(product, block.batch, block.row, block.column);
    multiply<Shape>(panels, part.from, part.to, memory, sums);
    MatrixLayout<T> layout{product, block.batch, block.row, block.column};
    deliver<Shape>(product.target, block.split, layout, sums, memory);
}
