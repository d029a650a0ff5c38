// Which part of a product a block computes.
#pragma once
#include "common.cuh"

// From the block's number: ((split·batches + batch)·phases + phase)·tiles + columnTile·rowTiles + rowTile. Successive blocks
// share columns, which are the larger operand to read.
struct Block {
    int row, column;  // the tile's first
    int phase, batch, split;

    template <typename Shape>
    __device__ __forceinline__ static Block of(int rows, int columns, int batches, int phases) {
        int rowTiles = (rows + Shape::rows - 1) / Shape::rows;
        int columnTiles = (columns + Shape::columns - 1) / Shape::columns;
        int rest = blockIdx.x;
        Block block;
        block.row = rest % rowTiles * Shape::rows;
        rest /= rowTiles;
        block.column = rest % columnTiles * Shape::columns;
        rest /= columnTiles;
        block.phase = rest % phases;
        rest /= phases;
        block.batch = rest % batches;
        block.split = rest / batches;
        return block;
    }
};

// The terms of one part of a split sum: runs of whole slabs, as equal as that allows; the last ones may be empty.
struct Part {
    int from, to;

    template <typename Shape>
    __device__ __forceinline__ static Part of(int terms, int splits, int split) {
        int slabs = (terms + Shape::depth - 1) / Shape::depth;
        int run = (slabs + splits - 1) / splits * Shape::depth;
        int from = min(split * run, terms);
        return {from, min(from + run, terms)};
    }
};
