// Modules: PTX as the driver gets it, and the emulated kernels of the same names.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "../runtime/launch.h"
#include "driver.h"

namespace driver {

struct Function {
    std::string name;
    const emu::Kernel* kernel;
    const emu::Module* module;
    unsigned maxThreads = 1024;
    unsigned maxDynamicShared = 48 << 10;
};

/// What an `.entry` of PTX says about itself.
struct PtxEntry {
    std::vector<unsigned> parameterSizes;
    unsigned maxThreads = 1024;
};

struct Module {
    std::map<std::string, PtxEntry> entries;
    std::map<std::string, std::unique_ptr<Function>> functions;
};

/// The offsets of a kernel's parameters in a launch-parameter buffer; the last is the buffer's size.
std::vector<size_t> parameterOffsets(const emu::Kernel& kernel);

}  // namespace driver
