// mma.sync.aligned.m16n8k8 on TF32 numbers: a whole warp multiplies 16×8 by 8×8 and adds to 16×8, with the fragments spread
// over the lanes as the PTX manual draws them ("Matrix Fragments for mma.m16n8k8").
#pragma once
#include "threads.h"

namespace emu {

/// cvt.rna.tf32.f32: rounds to 10 bits of mantissa, ties away from zero.
inline unsigned roundToTf32(float value) {
    unsigned word = bits<unsigned>(value);
    bool finite = (word & 0x7f800000u) != 0x7f800000u;
    return finite ? (word + 0x1000u) & 0xffffe000u : word;
}

/// The unit ignores the 13 low bits of its operands.
inline float tf32(uint32_t word) { return bits<float>(word & 0xffffe000u); }

inline void multiplyTiles(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
    uint32_t words[6] = {a[0], a[1], a[2], a[3], b[0], b[1]};
    auto lanes = current->block->exchange(0xffffffffu, words, 6);
    int group = current->lane / 4, member = current->lane % 4;
    for (int i = 0; i < 4; ++i) {
        int row = group + (i >= 2 ? 8 : 0), column = 2 * member + i % 2;
        for (int k = 0; k < 8; ++k) {
            float left = tf32(lanes[row % 8 * 4 + k % 4][(row >= 8 ? 1 : 0) + (k >= 4 ? 2 : 0)]);
            float right = tf32(lanes[column * 4 + k % 4][k >= 4 ? 5 : 4]);
            d[i] += left * right;
        }
    }
}

}  // namespace emu
