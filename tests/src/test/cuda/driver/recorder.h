// Writes launches to files, with all memory that they can reach, so that the sanitizers can repeat them: these need a process
// of their own, without a JVM. See replay/replay.cpp.
#pragma once
#include "../runtime/launch.h"

#include <vector>

namespace driver {
void record(const emu::Launch& launch, const std::vector<char>& arguments);
}
