// The file of a recorded launch, in the machine's byte order: this header, the kernel's name, its arguments (as in the
// launch-parameter buffer), and of each piece of memory its address, its size and its bytes.
#pragma once
#include <cstdint>

struct RecordingHeader {
    static constexpr uint64_t kMagic = 0x31484341'4c554d45;  // EMULACH1
    uint64_t magic;
    uint32_t grid[3], block[3];
    uint64_t dynamicShared, nameBytes, argumentBytes, pieces;
};

struct RecordedPiece {
    uint64_t address, bytes;
};
