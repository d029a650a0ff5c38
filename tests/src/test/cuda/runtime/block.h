// The threads of one block, taking turns on one OS thread. A thread runs until it has to wait for others, at a barrier of the
// block or of its warp; then the next that can run goes on. A kernel without barriers is a plain loop on a single stack.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "fiber.h"
#include "launch.h"

namespace emu {

struct Thread;

/// Threads that may go on, first come, first served; each waits at most once. Of fixed size: threads that allocated and freed
/// memory for one another here would be taken for a race of the kernel's.
class ReadyQueue {
public:
    bool empty() const { return count == 0; }
    Thread* front() const { return waiting[first]; }
    void clear() { first = count = 0; }
    void push_back(Thread* thread) { waiting[(first + count++) % kMost] = thread; }
    void pop_front() {
        first = (first + 1) % kMost;
        --count;
    }

private:
    static constexpr unsigned kMost = 1024;
    Thread* waiting[kMost];
    unsigned first = 0, count = 0;
};

class Block;

constexpr unsigned kWarpSize = 32;
constexpr unsigned kMaxThreads = 1024;

enum class State : uint8_t { New, Running, Ready, AtBlockBarrier, AtWarpBarrier, Exited };

/// A copy in flight from global to shared memory (cp.async).
struct AsyncCopy {
    void* target;
    const void* source;
    unsigned bytes, sourceBytes;
    unsigned group;
};

/// What the lanes of a warp give each other: up to eight words each, in turn in one of two rows so that a lane that is ahead
/// does not overwrite what a slower one has yet to read. Operations of part of a warp use the third row.
struct Warp {
    unsigned present, exited;
    uint32_t words[3][kWarpSize][8];
};

struct Thread {
    Dim3 index;
    unsigned linear, lane;
    Block* block;
    Warp* warp;
    Fiber* fiber;
    State state;
    unsigned waitMask;  // of the warp barrier it waits at
    unsigned blockBarriers, fullExchanges, warpBarriers;  // passed so far
    std::vector<AsyncCopy> copies;
    unsigned copyGroup;
};

/// The thread whose code runs now on this OS thread. Kernels read their indices through it.
extern __thread Thread* current __attribute__((tls_model("initial-exec")));

class Block {
public:
    Block();

    /// Fits the block to a launch; `run` may then be called for any of its blocks.
    void prepare(const Launch& launch);

    /// Runs all threads of one block to their ends. False when a barrier was used wrongly: see `complaint`.
    bool run(Dim3 blockIndex);

    const std::string& complaint() const { return message; }

    // Called by the running thread.
    int blockBarrier(const char* site, int vote);
    void warpBarrier(unsigned mask);
    const uint32_t (*exchange(unsigned mask, const uint32_t* words, unsigned count))[8];
    bool wholeWarp(unsigned mask) const;
    [[noreturn]] void fail(const std::string& what);

    // Read by kernels.
    Dim3 index{}, gridSize{}, size{};
    unsigned char* dynamicShared = nullptr;

private:
    static void fiberMain();
    void threadMain();
    void start(Thread& thread, Fiber& from, bool fromIsDone);
    void yield();
    void goOn(Fiber& from, bool fromIsDone);
    Thread* nextUnstarted();
    void order();
    void poisonShared();
    void resetThreads();
    void releaseBlockBarrier();
    void exited(Thread& thread);
    std::string stuck() const;

    Launch launch{};
    SharedRange statics{};
    unsigned count = 0, unstarted = 0, alive = 0;
    unsigned arrived = 0;               // at the barrier of the block
    const Thread* firstArrived = nullptr;
    const char* barrierSite = nullptr;  // where it is in the source
    unsigned random = 0;
    int votes[2] = {};
    bool failed = false;
    std::string message;
    std::vector<Thread> threads;
    std::vector<Warp> warps;
    std::vector<unsigned> sequence;
    ReadyQueue ready;
    Stacks stacks;
    std::vector<Fiber> fibers;
    unsigned usedFibers = 0;
    Fiber scheduler;
    char* dynamicRegion;
};

}  // namespace emu
