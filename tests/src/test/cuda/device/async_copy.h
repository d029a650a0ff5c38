// cp.async: a copy from global to shared memory that arrives at the wait. Until then the target holds NaN, so that a kernel
// that reads before it waits, or overwrites what others still read, computes nonsense here as it would there.
#pragma once
#include "../runtime/block.h"

namespace emu {

/// Copies `sourceBytes` of `Bytes` and fills the rest with zeros.
template <int Bytes>
inline void copyAsync(void* shared, const void* global, int sourceBytes = Bytes) {
    static_assert(Bytes == 4 || Bytes == 8 || Bytes == 16);
    if ((reinterpret_cast<uintptr_t>(shared) | (sourceBytes ? reinterpret_cast<uintptr_t>(global) : 0)) % Bytes) {
        current->block->fail("cp.async of " + std::to_string(Bytes) + " bytes at a misaligned address in thread " +
                             std::to_string(current->linear));
    }
    memset(shared, 0xff, Bytes);
    current->copies.push_back({shared, global, unsigned(Bytes), unsigned(sourceBytes), current->copyGroup});
}

inline void commitCopies() { ++current->copyGroup; }

/// Waits until at most `Pending` of the thread's committed groups are under way.
template <int Pending>
inline void waitForCopies() {
    Thread& self = *current;
    size_t kept = 0;
    for (AsyncCopy& copy : self.copies) {
        if (copy.group + Pending >= self.copyGroup) {
            self.copies[kept++] = copy;
            continue;
        }
        memcpy(copy.target, copy.source, copy.sourceBytes);
        memset(static_cast<char*>(copy.target) + copy.sourceBytes, 0, copy.bytes - copy.sourceBytes);
    }
    self.copies.resize(kept);
}

}  // namespace emu
