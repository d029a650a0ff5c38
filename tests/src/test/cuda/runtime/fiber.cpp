#include "fiber.h"

#include <pthread.h>
#include <sys/mman.h>

#include <cstdint>
#include <new>

#if EMU_ADDRESS_SANITIZER
#include <sanitizer/common_interface_defs.h>
#endif
#if EMU_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

// Saves the registers that a callee must preserve (System V ABI of x86-64) and changes stacks.
extern "C" void emu_switch(void** saved, void* next);
asm(R"(
    .text
    .globl emu_switch
    .hidden emu_switch
    .type emu_switch, @function
emu_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size emu_switch, . - emu_switch
)");

namespace emu {
namespace {
constexpr size_t kPage = 4096;
constexpr size_t kStride = Fiber::kStackBytes + kPage;
constexpr int kSavedRegisters = 6;
}  // namespace

void Fiber::prepare(char* stack, void (*entry)()) {
    bottom = stack;
    bytes = kStackBytes;
    // Stacks lie a power of two apart: begin each at another offset, or all of them would compete for the same cache sets.
    size_t offset = (reinterpret_cast<uintptr_t>(stack) / kStride % 61) * 64;
    void** top = reinterpret_cast<void**>(stack + kStackBytes - offset);
    *--top = nullptr;  // where a return address would lie, so that the stack is aligned as after a call
    *--top = reinterpret_cast<void*>(entry);
    for (int i = 0; i < kSavedRegisters; ++i) *--top = nullptr;
    stackPointer = top;
}

void Fiber::introduce() {
#if EMU_THREAD_SANITIZER
    if (!shadow) shadow = __tsan_create_fiber(0);
#endif
}

void Fiber::adoptThread() {
#if EMU_ADDRESS_SANITIZER
    pthread_attr_t attributes;
    void* stack;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &stack, &bytes);
    pthread_attr_destroy(&attributes);
    bottom = stack;
#endif
#if EMU_THREAD_SANITIZER
    shadow = __tsan_get_current_fiber();
#endif
}

void Fiber::resumeFrom(Fiber& from, bool fromIsDone) {
#if EMU_ADDRESS_SANITIZER
    __sanitizer_start_switch_fiber(fromIsDone ? nullptr : &from.fakeStack, bottom, bytes);
#else
    (void)fromIsDone;
#endif
#if EMU_THREAD_SANITIZER
    constexpr unsigned kNoSynchronisation = 1;  // only barriers order the threads of a block
    __tsan_switch_to_fiber(shadow, kNoSynchronisation);
#endif
    emu_switch(&from.stackPointer, stackPointer);
#if EMU_ADDRESS_SANITIZER
    arrived(from);
#endif
}

void Fiber::arrived(Fiber& self) {
#if EMU_ADDRESS_SANITIZER
    __sanitizer_finish_switch_fiber(self.fakeStack, nullptr, nullptr);
    self.fakeStack = nullptr;
#else
    (void)self;
#endif
}

Stacks::Stacks(unsigned count) : count(count) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void* mapped = mmap(nullptr, count * kStride, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    memory = static_cast<char*>(mapped);
    for (unsigned i = 0; i < count; ++i) mprotect(memory + i * kStride, kPage, PROT_NONE);
}

Stacks::~Stacks() { munmap(memory, count * kStride); }

char* Stacks::at(unsigned index) const { return memory + index * kStride + kPage; }

}  // namespace emu
