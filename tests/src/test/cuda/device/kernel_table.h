// The list of a module's kernels with their signatures, taken from the functions' types. The build generates the last lines
// of each module from the preprocessed source:  EMU_MODULE( EMU_KERNEL(name) EMU_KERNEL(name) ... )
#pragma once
#include <link.h>

#include <utility>

#include "../runtime/launch.h"

namespace emu {

template <auto Body>
struct Entry;

template <class... Args, void (*Body)(Args...)>
struct Entry<Body> {
    static constexpr Parameter parameters[] = {{sizeof(Args), alignof(Args), std::is_pointer_v<Args>}..., {}};

    template <size_t... I>
    static void call(void** arguments, std::index_sequence<I...>) {
        Body(*static_cast<std::remove_cv_t<Args>*>(arguments[I])...);
    }
    static void invoke(void** arguments) { call(arguments, std::index_sequence_for<Args...>()); }

    static constexpr Kernel kernel(const char* name) { return {name, sizeof...(Args), parameters, &invoke}; }
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline SharedRange sharedMemory() { return {nullptr, 0}; }
#else
static thread_local char anchor __attribute__((tls_model("local-dynamic")));

/// All thread-local memory of this module is `__shared__` variables: its extent is that of the module's TLS block.
inline SharedRange sharedMemory() {
    anchor = 0;  // a thread's block is made at the first touch
    SharedRange range{nullptr, 0};
    dl_iterate_phdr(
        [](dl_phdr_info* info, size_t, void* out) {
            char* begin = static_cast<char*>(info->dlpi_tls_data);
            for (int i = 0; begin && i < info->dlpi_phnum; ++i) {
                const auto& header = info->dlpi_phdr[i];
                if (header.p_type == PT_TLS && begin <= &anchor && &anchor < begin + header.p_memsz) {
                    *static_cast<SharedRange*>(out) = {begin, header.p_memsz};
                    return 1;
                }
            }
            return 0;
        },
        &range);
    return range;
}
#endif

}  // namespace emu

#define EMU_KERNEL(name) emu::Entry<&name>::kernel(#name),
#define EMU_MODULE(...)                                                                                \
    static const emu::Kernel emu_kernels[] = {__VA_ARGS__ {}};                                         \
    extern "C" __attribute__((visibility("default"))) const emu::Module emu_module;                    \
    const emu::Module emu_module = {sizeof emu_kernels / sizeof *emu_kernels - 1, emu_kernels, &emu::sharedMemory};
