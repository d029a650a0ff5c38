// What the stand-ins for NVIDIA's libraries share: work is put into the stream of the handle, so that it keeps its place
// between kernels and is recorded in graphs.
#pragma once
#include <cstdlib>
#include <cstring>
#include <functional>
#include <utility>

extern "C" int cuLaunchHostFunc(void* stream, void (*function)(void*), void* data);

#define VENDOR_API extern "C" __attribute__((visibility("default")))

constexpr int Success = 0, Failed = 14, NoStream = 15;

struct Handle {
    void* stream = nullptr;
    char* workspace = nullptr;
    size_t workspaceBytes = 0;
    int math = -1;
};

/// Whether this function is to fail: the one that CUDA_EMU_VENDOR_FAILS names.
inline bool fails(const char* function) {
    const char* named = getenv("CUDA_EMU_VENDOR_FAILS");
    return named && !strcmp(named, function);
}

/// How much work this library was given.
inline long given = 0;

/// A graph may repeat the work, so it is kept.
template <class Work>
int enqueue(const Handle* handle, const char* function, Work work) {
    if (fails(function)) return Failed;
    if (!handle->stream) return NoStream;
    ++given;
    auto* kept = new std::function<void()>(std::move(work));
    return cuLaunchHostFunc(handle->stream, [](void* data) { (*static_cast<std::function<void()>*>(data))(); }, kept);
}
