// Launches: their arguments are copied and checked when they are submitted, and checked again when they run, since a graph
// may run them long after memory was freed.
#include <cstring>

#include "memory.h"
#include "module.h"
#include "recorder.h"
#include "settings.h"
#include "stream.h"

namespace driver {
namespace {

struct Submitted {
    Function* function;
    emu::Dim3 grid, block;
    size_t dynamicShared;
    std::vector<char> arguments;
    std::vector<size_t> offsets;
};

bool copyFromBuffer(void** extra, Submitted& launch) {
    const char* buffer = nullptr;
    size_t size = 0;
    enum { End = 0, BufferPointer = 1, BufferSize = 2 };
    for (int i = 0; reinterpret_cast<uintptr_t>(extra[i]) != End; i += 2) {
        if (reinterpret_cast<uintptr_t>(extra[i]) == BufferPointer) buffer = static_cast<const char*>(extra[i + 1]);
        if (reinterpret_cast<uintptr_t>(extra[i]) == BufferSize) size = *static_cast<const size_t*>(extra[i + 1]);
    }
    size_t expected = launch.offsets.back();
    if (!buffer || size < expected || size >= expected + 16) {
        say("%s: %zu bytes of launch parameters, %zu expected", launch.function->name.c_str(), size, expected);
        return false;
    }
    launch.arguments.assign(buffer, buffer + expected);
    return true;
}

bool copyArguments(void** parameters, void** extra, Submitted& launch) {
    const emu::Kernel& kernel = *launch.function->kernel;
    launch.offsets = parameterOffsets(kernel);
    if (extra) return copyFromBuffer(extra, launch);
    if (!parameters && kernel.parameterCount > 0) return false;
    launch.arguments.resize(launch.offsets.back());
    for (unsigned i = 0; i < kernel.parameterCount; ++i) {
        memcpy(launch.arguments.data() + launch.offsets[i], parameters[i], kernel.parameters[i].size);
    }
    return true;
}

Result checkPointers(const Submitted& launch) {
    const emu::Kernel& kernel = *launch.function->kernel;
    for (unsigned i = 0; i < kernel.parameterCount; ++i) {
        if (!kernel.parameters[i].pointer) continue;
        Address address;
        memcpy(&address, launch.arguments.data() + launch.offsets[i], sizeof address);
        // One past the end is where an empty array may begin.
        if (address == 0 || contains(address, 1) || contains(address - 1, 1)) continue;
        say("%s: parameter %u is no address of the device: %s", kernel.name, i, describe(address).c_str());
        return broken = IllegalAddress;
    }
    return Success;
}

Result checkGeometry(const Function& function, emu::Dim3 grid, emu::Dim3 block, size_t dynamicShared) {
    constexpr unsigned kMaxGridYZ = 65535, kMaxGridX = 0x7fffffff, kMaxBlockZ = 64;
    size_t threads = block.volume();
    if (threads == 0 || threads > 1024 || block.z > kMaxBlockZ || grid.volume() == 0 || grid.x > kMaxGridX ||
        grid.y > kMaxGridYZ || grid.z > kMaxGridYZ) {
        say("%s: a grid of %ux%ux%u blocks of %ux%ux%u threads", function.name.c_str(), grid.x, grid.y, grid.z, block.x,
            block.y, block.z);
        return InvalidValue;
    }
    if (threads > function.maxThreads) {
        say("%s: %zu threads, compiled for at most %u", function.name.c_str(), threads, function.maxThreads);
        return OutOfResources;
    }
    if (dynamicShared > function.maxDynamicShared) {
        say("%s: %zu bytes of dynamic shared memory, allowed are %u: see cuFuncSetAttribute", function.name.c_str(),
            dynamicShared, function.maxDynamicShared);
        return InvalidValue;
    }
    return Success;
}

emu::Order order(const std::string& text) {
    return text.starts_with("reverse") ? emu::Order::Reverse
           : text.starts_with("random") ? emu::Order::Random
                                        : emu::Order::Forward;
}

unsigned seed(const std::string& text) {
    static unsigned launches = 0;
    size_t colon = text.find(':');
    return (colon == text.npos ? 1 : unsigned(std::stoul(text.substr(colon + 1)))) + launches++;
}

/// Counts down to the launch that finds the device gone.
bool lostNow() {
    long& lost = settings().lost;
    return lost > 0 && --lost == 0;
}

Result run(const Submitted& launch) {
    if (broken) return broken;
    if (lostNow()) {
        say("the device is gone, as CUDA_EMU_LOST asks");
        return broken = Unknown;
    }
    RETURN_IF(checkPointers(launch));
    // In places of their own, aligned as the kernel's parameters are.
    alignas(16) char storage[4096];
    std::vector<void*> addresses;
    for (unsigned i = 0; i < launch.function->kernel->parameterCount; ++i) {
        addresses.push_back(storage + launch.offsets[i]);
    }
    memcpy(storage, launch.arguments.data(), launch.arguments.size());
    emu::Launch grid{launch.function->kernel, launch.function->module, launch.grid, launch.block, launch.dynamicShared,
                     addresses.data(), order(settings().order), seed(settings().order), settings().workers};
    if (settings().trace) {
        say("%s, %ux%ux%u blocks of %zu threads, %zu bytes of dynamic shared memory", launch.function->name.c_str(),
            launch.grid.x, launch.grid.y, launch.grid.z, launch.block.volume(), launch.dynamicShared);
    }
    if (!settings().record.empty()) record(grid, launch.arguments);
    emu::Outcome outcome = emu::run(grid, [](const void* address) {
        return "illegal address " + describe(reinterpret_cast<Address>(address)) + ",";
    });
    if (outcome.kind == emu::Outcome::Completed) return Success;
    say("%s", outcome.message.c_str());
    switch (outcome.kind) {
        case emu::Outcome::IllegalAddress: return broken = IllegalAddress;
        case emu::Outcome::Misaligned: return broken = MisalignedAddress;
        default: return broken = LaunchFailed;
    }
}

}  // namespace
}  // namespace driver

using namespace driver;

DRIVER_API cuLaunchKernel(Function* function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
                          unsigned blockZ, unsigned dynamicShared, Stream* stream, void** parameters, void** extra) {
    DRIVER_CONTEXT;
    if (!function) return InvalidHandle;
    Submitted launch{function, {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, dynamicShared, {}, {}};
    RETURN_IF(checkGeometry(*function, launch.grid, launch.block, dynamicShared));
    if (!copyArguments(parameters, extra, launch)) return InvalidValue;
    if (launch.arguments.size() > 4096) return InvalidValue;
    RETURN_IF(checkPointers(launch));
    return submit(stream, function->name.c_str(), [launch] { return run(launch); });
}
