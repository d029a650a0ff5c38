// Where a thread is, and how it waits for others: barriers, shuffles and votes.
#pragma once
#include "../runtime/block.h"

#define threadIdx (emu::current->index)
#define blockIdx (emu::current->block->index)
#define blockDim (emu::current->block->size)
#define gridDim (emu::current->block->gridSize)
#define warpSize 32

// Barriers are told apart by their places in the source: two threads that wait at different ones have diverged.
#define EMU_TEXT_(x) #x
#define EMU_TEXT(x) EMU_TEXT_(x)
#define EMU_SITE __FILE_NAME__ ":" EMU_TEXT(__LINE__)
#define __syncthreads() ((void)emu::current->block->blockBarrier(EMU_SITE, 0))
#define __syncthreads_count(p) (emu::current->block->blockBarrier(EMU_SITE, (p) ? 1 : 0))
#define __syncthreads_or(p) (emu::current->block->blockBarrier(EMU_SITE, (p) ? 1 : 0) != 0)
#define __syncthreads_and(p) (emu::current->block->blockBarrier(EMU_SITE, (p) ? 0 : 1) == 0)

inline void __syncwarp(unsigned mask = 0xffffffffu) { emu::current->block->warpBarrier(mask); }
inline unsigned __activemask() { return emu::current->warp->present & ~emu::current->warp->exited; }
inline void __trap() { emu::current->block->fail("__trap() in thread " + std::to_string(emu::current->linear)); }

namespace emu {

/// What lane `source` gave; what a lane outside the mask would have given is undefined, so it is NaN.
template <class T>
inline T shuffle(unsigned mask, T value, int source) {
    static_assert(sizeof(T) <= 8);
    uint32_t words[2] = {0, 0};
    memcpy(words, &value, sizeof value);
    Block& block = *current->block;
    auto row = block.exchange(mask, words, 2);
    uint32_t undefined[2] = {~0u, ~0u};
    bool defined = mask & current->warp->present & 1u << source;
    T result;
    memcpy(&result, defined ? row[source] : undefined, sizeof result);
    if (!block.wholeWarp(mask)) block.warpBarrier(mask);  // nobody may give anew before all have read
    return result;
}

inline unsigned ballot(unsigned mask, bool predicate) {
    uint32_t word = predicate;
    Block& block = *current->block;
    auto row = block.exchange(mask, &word, 1);
    unsigned lanes = mask & current->warp->present, result = 0;
    for (unsigned lane = 0; lane < kWarpSize; ++lane) {
        if (lanes >> lane & 1 && row[lane][0]) result |= 1u << lane;
    }
    if (!block.wholeWarp(mask)) block.warpBarrier(mask);
    return result;
}

}  // namespace emu

template <class T>
inline T __shfl_sync(unsigned mask, T value, int source, int width = 32) {
    int lane = emu::current->lane;
    return emu::shuffle(mask, value, (lane & ~(width - 1)) | (source & (width - 1)));
}
template <class T>
inline T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32) {
    int lane = emu::current->lane, within = (lane & (width - 1)) + int(delta);
    return emu::shuffle(mask, value, within < width ? lane + int(delta) : lane);
}
template <class T>
inline T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32) {
    int lane = emu::current->lane, within = (lane & (width - 1)) - int(delta);
    return emu::shuffle(mask, value, within >= 0 ? lane - int(delta) : lane);
}
template <class T>
inline T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32) {
    int lane = emu::current->lane, source = lane ^ bits;
    return emu::shuffle(mask, value, source / width == lane / width ? source : lane);
}
inline unsigned __ballot_sync(unsigned mask, int predicate) { return emu::ballot(mask, predicate != 0); }
inline int __any_sync(unsigned mask, int predicate) { return emu::ballot(mask, predicate != 0) != 0; }
inline int __all_sync(unsigned mask, int predicate) { return emu::ballot(mask, predicate == 0) == 0; }

/// The lanes of the mask that gave the same value.
template <class T>
inline unsigned __match_any_sync(unsigned mask, T value) {
    uint32_t words[2] = {0, 0};
    memcpy(words, &value, sizeof value);
    emu::Block& block = *emu::current->block;
    auto row = block.exchange(mask, words, 2);
    unsigned lanes = mask & emu::current->warp->present, same = 0;
    for (unsigned lane = 0; lane < emu::kWarpSize; ++lane) {
        if (lanes >> lane & 1 && memcmp(row[lane], words, sizeof words) == 0) same |= 1u << lane;
    }
    if (!block.wholeWarp(mask)) block.warpBarrier(mask);
    return same;
}
