// Turns a memory fault of a kernel into a return value. Faults elsewhere go to whoever handled them before (in a JVM, the JVM).
#pragma once
#include <csetjmp>

namespace emu {

struct Recovery {
    sigjmp_buf resume;
    const void* address = nullptr;
    bool misaligned = false;
};

/// Where a fault on this OS thread leads while it runs a kernel; null otherwise.
extern __thread Recovery* recovery __attribute__((tls_model("initial-exec")));

/// Once per process. Left out under AddressSanitizer, which reports faults itself.
void installFaultHandler();

/// Gives this OS thread a stack for the handler, since a kernel may have overrun its own.
void useSignalStack();

}  // namespace emu
