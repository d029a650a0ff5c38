// Streams, and graphs recorded from them.
#pragma once
#include <deque>
#include <memory>
#include <vector>

#include "driver.h"

namespace driver {

/// Work in the order in which it was recorded.
struct Graph {
    struct Node {
        std::string what;
        Work work;
    };
    std::vector<Node> nodes;
};

enum class CaptureMode { Global = 0, ThreadLocal = 1, Relaxed = 2 };

struct Stream {
    bool blocking = true;  // waits for the legacy default stream, and it for this one
    std::deque<Work> queue;
    std::unique_ptr<Graph> recording;
    CaptureMode mode = CaptureMode::Global;
    bool invalidated = false;  // something forbidden was called while it recorded
};

}  // namespace driver
