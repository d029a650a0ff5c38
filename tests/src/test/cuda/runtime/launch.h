// What the driver, the runtime and the emulated modules agree on: a kernel, its signature, and one launch of it.
#pragma once
#include <cstddef>
#include <string>

namespace emu {

struct Dim3 {
    unsigned x, y, z;
    size_t volume() const { return size_t(x) * y * z; }
};

/// One parameter of a kernel, as the launch-parameter buffer lays it out.
struct Parameter {
    unsigned size, alignment;
    bool pointer;
};

/// A kernel of an emulated module. `invoke` runs the body for the current thread; arguments are passed by address.
struct Kernel {
    const char* name;
    unsigned parameterCount;
    const Parameter* parameters;
    void (*invoke)(void** arguments);
};

/// Memory that `__shared__` variables of a module take in the calling thread.
struct SharedRange {
    char* begin;
    size_t size;
};

/// What a module exports under the name `emu_module`.
struct Module {
    unsigned kernelCount;
    const Kernel* kernels;
    SharedRange (*sharedMemory)();
};

/// The order in which the threads of a block are started and resumed.
enum class Order { Forward, Reverse, Random };

struct Launch {
    const Kernel* kernel;
    const Module* module;
    Dim3 grid, block;
    size_t dynamicShared;
    void** arguments;
    Order order;
    unsigned seed;
    unsigned workers;
};

/// Where a launch went wrong; an empty message means that it did not.
struct Outcome {
    enum Kind { Completed, BadBarrier, IllegalAddress, Misaligned } kind = Completed;
    std::string message;
};

/// Says what an address is: filled in by the driver, which knows the allocations.
using Describe = std::string (*)(const void* address);

/// Runs all blocks of a launch. Faults of the kernel end up in the outcome; they do not end the process.
Outcome run(const Launch& launch, Describe describe);

}  // namespace emu
