// A stack with a suspended computation on it. Every thread of a block that has to wait keeps one.
//
// The runtime itself is never compiled with a sanitizer, only the kernels are. EMU_ADDRESS_SANITIZER and EMU_THREAD_SANITIZER
// say that it is linked to such kernels and has to tell the sanitizer about its stacks and barriers.
#pragma once
#include <cstddef>

namespace emu {

class Fiber {
public:
    static constexpr size_t kStackBytes = 128 << 10;

    Fiber() = default;
    Fiber(const Fiber&) = delete;

    /// Makes this the fiber of the calling OS thread's own stack.
    void adoptThread();

    /// Tells ThreadSanitizer of this fiber, once. It takes what comes later in a fiber to happen after the place of this call.
    void introduce();

    /// Makes the next switch to this fiber call `entry` on a fresh stack. It must never return.
    void prepare(char* stack, void (*entry)());

    /// Suspends `from`, which is running, and goes on with this one.
    void resumeFrom(Fiber& from, bool fromIsDone = false);

    /// To be called first on a fresh stack.
    static void arrived(Fiber& self);

private:
    void* stackPointer = nullptr;
    const void* bottom = nullptr;
    size_t bytes = 0;
    void* fakeStack = nullptr;   // AddressSanitizer's
    void* shadow = nullptr;      // ThreadSanitizer's idea of this fiber
};

/// Stacks with a guard page below each, made once per worker and used again for every block.
class Stacks {
public:
    explicit Stacks(unsigned count);
    ~Stacks();
    Stacks(const Stacks&) = delete;
    char* at(unsigned index) const;

private:
    char* memory;
    unsigned count;
};

}  // namespace emu
