#include "stream.h"

#include <chrono>
#include <set>

#include "memory.h"
#include "settings.h"

namespace driver {
namespace {

std::set<Stream*>& streams() {
    static auto& all = *new std::set<Stream*>;
    return all;
}

Stream& legacyDefault() {
    static Stream& stream = *new Stream;
    return stream;
}

/// 0, 1 and 2 name default streams.
Stream& named(Stream* handle) { return reinterpret_cast<uintptr_t>(handle) <= 2 ? legacyDefault() : *handle; }

bool known(Stream* handle) { return reinterpret_cast<uintptr_t>(handle) <= 2 || streams().count(handle); }

Result runQueue(Stream& stream) {
    while (!stream.queue.empty() && !broken) {
        Work work = std::move(stream.queue.front());
        stream.queue.pop_front();
        RETURN_IF(work());
    }
    return broken;
}

}  // namespace

Result submit(Stream* handle, const char* what, Work work) {
    if (!known(handle)) return InvalidHandle;
    Stream& stream = named(handle);
    if (stream.recording) {
        stream.recording->nodes.push_back({what, std::move(work)});
        return Success;
    }
    if (!settings().deferred) return work();
    stream.queue.push_back(std::move(work));
    return Success;
}

/// Waiting for the legacy default stream waits for all streams that block on it.
Result drain(Stream* handle) {
    if (!known(handle)) return InvalidHandle;
    Stream& stream = named(handle);
    RETURN_IF(runQueue(stream));
    if (&stream == &legacyDefault()) {
        for (Stream* other : streams()) {
            if (other->blocking) RETURN_IF(runQueue(*other));
        }
    }
    return broken;
}

Result drainAll() {
    RETURN_IF(runQueue(legacyDefault()));
    for (Stream* stream : streams()) RETURN_IF(runQueue(*stream));
    return broken;
}

Result forbiddenWhileCapturing(const char* what) {
    Result result = Success;
    for (Stream* stream : streams()) {
        if (stream->recording && stream->mode != CaptureMode::Relaxed) {
            say("%s while a stream records a graph", what);
            stream->invalidated = true;
            result = CaptureUnsupported;
        }
    }
    return result;
}

/// For tests: forgets a fault and all work that is waiting.
void resetStreams() {
    legacyDefault().queue.clear();
    for (Stream* stream : streams()) {
        stream->queue.clear();
        stream->recording.reset();
    }
}

}  // namespace driver

using namespace driver;

struct Event {
    Stream* stream = nullptr;
    std::chrono::steady_clock::time_point time;
    bool recorded = false, done = true;
};

DRIVER_API cuStreamCreate(Stream** stream, unsigned flags) {
    DRIVER_CONTEXT;
    constexpr unsigned kNonBlocking = 1;
    *stream = new Stream;
    (*stream)->blocking = !(flags & kNonBlocking);
    streams().insert(*stream);
    return Success;
}
DRIVER_API cuStreamCreateWithPriority(Stream** stream, unsigned flags, int) { return cuStreamCreate(stream, flags); }
DRIVER_API cuStreamDestroy_v2(Stream* stream) {
    DRIVER_CONTEXT;
    if (!streams().count(stream)) return InvalidHandle;
    RETURN_IF(runQueue(*stream));
    streams().erase(stream);
    delete stream;
    return Success;
}
DRIVER_API cuStreamSynchronize(Stream* stream) {
    DRIVER_CONTEXT;
    RETURN_IF(forbiddenWhileCapturing("cuStreamSynchronize"));
    RETURN_IF(drain(stream));
    return marginsUntouched() ? Success : broken = IllegalAddress;
}
DRIVER_API cuStreamQuery(Stream* stream) {
    DRIVER_CONTEXT;
    if (!known(stream)) return InvalidHandle;
    return named(stream).queue.empty() ? Success : NotReady;
}
DRIVER_API cuStreamWaitEvent(Stream* stream, Event* event, unsigned) {
    DRIVER_CONTEXT;
    return submit(stream, "wait for an event", [event] { return event->done ? Success : drain(event->stream); });
}
DRIVER_API cuLaunchHostFunc(Stream* stream, void (*function)(void*), void* data) {
    DRIVER_CONTEXT;
    return submit(stream, "host function", [=] {
        function(data);
        return Success;
    });
}

DRIVER_API cuEventCreate(Event** event, unsigned) {
    DRIVER_CONTEXT;
    *event = new Event;
    return Success;
}
DRIVER_API cuEventDestroy_v2(Event* event) {
    DRIVER_CONTEXT;
    RETURN_IF(drainAll());
    delete event;
    return Success;
}
DRIVER_API cuEventRecord(Event* event, Stream* stream) {
    DRIVER_CONTEXT;
    event->recorded = true;
    event->done = false;
    event->stream = stream;
    return submit(stream, "event", [event] {
        event->time = std::chrono::steady_clock::now();
        event->done = true;
        return Success;
    });
}
DRIVER_API cuEventSynchronize(Event* event) {
    DRIVER_CONTEXT;
    return event->done ? Success : drain(event->stream);
}
DRIVER_API cuEventQuery(Event* event) {
    DRIVER_CONTEXT;
    return event->done ? Success : NotReady;
}
DRIVER_API cuEventElapsedTime(float* milliseconds, Event* from, Event* to) {
    DRIVER_CONTEXT;
    if (!from->recorded || !to->recorded) return InvalidHandle;
    if (!from->done || !to->done) return NotReady;
    *milliseconds = std::chrono::duration<float, std::milli>(to->time - from->time).count();
    return Success;
}

DRIVER_API cuStreamBeginCapture_v2(Stream* stream, int mode) {
    DRIVER_CONTEXT;
    constexpr Result kDefaultStreamCannot = CaptureUnsupported;
    if (reinterpret_cast<uintptr_t>(stream) <= 2) return kDefaultStreamCannot;
    if (!known(stream)) return InvalidHandle;
    if (stream->recording) return InvalidValue;
    stream->recording = std::make_unique<Graph>();
    stream->mode = CaptureMode(mode);
    stream->invalidated = false;
    return Success;
}
DRIVER_API cuStreamEndCapture(Stream* stream, Graph** graph) {
    DRIVER_CONTEXT;
    if (!known(stream) || !stream->recording) return InvalidValue;
    *graph = stream->invalidated ? nullptr : stream->recording.release();
    stream->recording.reset();
    return *graph ? Success : CaptureInvalidated;
}
DRIVER_API cuStreamIsCapturing(Stream* stream, int* status) {
    DRIVER_CONTEXT;
    if (!known(stream)) return InvalidHandle;
    *status = !named(stream).recording ? 0 : named(stream).invalidated ? 2 : 1;
    return Success;
}
DRIVER_API cuGraphInstantiateWithFlags(Graph** executable, Graph* graph, unsigned long long) {
    DRIVER_CONTEXT;
    if (settings().graphsRefused) return NotSupported;
    *executable = new Graph(*graph);
    return Success;
}
DRIVER_API cuGraphUpload(Graph*, Stream*) {
    DRIVER_CONTEXT;
    return Success;
}
DRIVER_API cuGraphGetNodes(Graph* graph, void** nodes, size_t* count) {
    DRIVER_CONTEXT;
    for (size_t i = 0; nodes && i < *count && i < graph->nodes.size(); ++i) nodes[i] = &graph->nodes[i];
    *count = graph->nodes.size();
    return Success;
}
DRIVER_API cuGraphLaunch(Graph* executable, Stream* stream) {
    DRIVER_CONTEXT;
    if (!known(stream)) return InvalidHandle;
    if (named(stream).recording) return CaptureUnsupported;
    auto nodes = executable->nodes;
    return submit(stream, "graph", [nodes] {
        for (const Graph::Node& node : nodes) RETURN_IF(node.work());
        return Success;
    });
}
DRIVER_API cuGraphDestroy(Graph* graph) {
    DRIVER_LOCK;
    delete graph;
    return Success;
}
DRIVER_API cuGraphExecDestroy(Graph* executable) {
    DRIVER_LOCK;
    delete executable;
    return Success;
}
