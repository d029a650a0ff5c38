// What the stand-ins for NVIDIA's libraries share: work is put into the stream of the handle, so that it keeps its place
// between kernels and is recorded in graphs.
#pragma once
#include <functional>
#include <utility>

extern "C" int cuLaunchHostFunc(void* stream, void (*function)(void*), void* data);

#define VENDOR_API extern "C" __attribute__((visibility("default")))

struct Handle {
    void* stream = nullptr;
};

/// A graph may repeat the work, so it is kept.
template <class Work>
int enqueue(const Handle* handle, Work work) {
    auto* kept = new std::function<void()>(std::move(work));
    return cuLaunchHostFunc(handle->stream, [](void* data) { (*static_cast<std::function<void()>*>(data))(); }, kept);
}
