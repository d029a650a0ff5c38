#include "faults.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include <cstring>

namespace emu {

__thread Recovery* recovery __attribute__((tls_model("initial-exec")));

namespace {
constexpr size_t kSignalStack = 64 << 10;

struct sigaction previousSegv, previousBus;

void passOn(int signal, siginfo_t* info, void* context) {
    struct sigaction& previous = signal == SIGSEGV ? previousSegv : previousBus;
    if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(signal, info, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(signal);
    } else {
        ::signal(signal, SIG_DFL);
        raise(signal);
    }
}

void onFault(int signal, siginfo_t* info, void* context) {
    Recovery* to = recovery;
    if (!to) {
        passOn(signal, info, context);
        return;
    }
    // An instruction that wants 16 or more aligned bytes faults without an address.
    to->misaligned = info->si_code == SI_KERNEL;
    to->address = info->si_addr;
    sigset_t own;
    sigemptyset(&own);
    sigaddset(&own, signal);
    pthread_sigmask(SIG_UNBLOCK, &own, nullptr);
    siglongjmp(to->resume, 1);
}
}  // namespace

void installFaultHandler() {
    static bool installed = [] {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_sigaction = onFault;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigaction(SIGSEGV, &action, &previousSegv);
        sigaction(SIGBUS, &action, &previousBus);
        return true;
    }();
    (void)installed;
}

void useSignalStack() {
    thread_local bool done = false;
    if (done) return;
    done = true;
    stack_t present;
    if (sigaltstack(nullptr, &present) == 0 && !(present.ss_flags & SS_DISABLE)) return;
    void* memory = mmap(nullptr, kSignalStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    stack_t own{};
    own.ss_sp = memory;
    own.ss_size = kSignalStack;
    sigaltstack(&own, nullptr);
}

}  // namespace emu
