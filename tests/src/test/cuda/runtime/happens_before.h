// Tells ThreadSanitizer what barriers order. Without these lines it would take every barrier for missing.
#pragma once
#if EMU_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
namespace emu {
inline void release(void* fence) { __tsan_release(fence); }
inline void acquire(void* fence) { __tsan_acquire(fence); }
}  // namespace emu
#else
namespace emu {
inline void release(void*) {}
inline void acquire(void*) {}
}  // namespace emu
#endif
