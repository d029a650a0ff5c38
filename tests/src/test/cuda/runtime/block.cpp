#include "block.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "happens_before.h"

#if EMU_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace emu {

__thread Thread* current __attribute__((tls_model("initial-exec")));

namespace {
constexpr size_t kPage = 4096;
constexpr size_t kDynamicBytes = 228 << 10;

/// Every byte 0xff: a NaN as float or double, an index far outside as an integer. As one instruction, which no sanitizer sees.
void poison(void* target, size_t bytes) {
    asm volatile("rep stosb" : "+D"(target), "+c"(bytes) : "a"(0xff) : "memory");
}

/// Shared memory that ends at a guard page, so that an overrun faults at once.
char* guardedRegion() {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void* mapped = mmap(nullptr, kDynamicBytes + kPage, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    char* end = static_cast<char*>(mapped) + kDynamicBytes;
    mprotect(end, kPage, PROT_NONE);
    return end;
}

std::string nameOf(const Thread& thread) { return "thread " + std::to_string(thread.linear); }

// Fences of ThreadSanitizer: the start and the end of a block, its barriers and those of its warps, each of the latter by turns.
char launchFence, endFence, blockFence[2], warpFence[kMaxThreads / kWarpSize][2];
}  // namespace

Block::Block() : stacks(kMaxThreads), fibers(kMaxThreads), dynamicRegion(guardedRegion()) {}

void Block::prepare(const Launch& of) {
    launch = of;
    statics = launch.module->sharedMemory();
    gridSize = launch.grid;
    size = launch.block;
    size_t aligned = (launch.dynamicShared + 15) / 16 * 16;
    dynamicShared = reinterpret_cast<unsigned char*>(dynamicRegion - aligned);
#if EMU_ADDRESS_SANITIZER
    ASAN_POISON_MEMORY_REGION(dynamicRegion - kDynamicBytes, kDynamicBytes);
    ASAN_UNPOISON_MEMORY_REGION(dynamicShared, launch.dynamicShared);
#endif
    random = launch.seed * 2654435761u + 12345u;
    count = launch.block.volume();
    threads.resize(std::max<size_t>(threads.size(), count));
    warps.resize((count + kWarpSize - 1) / kWarpSize);
    sequence.resize(count);
    for (unsigned i = 0; i < count; ++i) {
        Thread& thread = threads[i];
        thread.linear = i;
        thread.lane = i % kWarpSize;
        thread.index = {i % size.x, i / size.x % size.y, i / (size.x * size.y)};
        thread.block = this;
        thread.warp = &warps[i / kWarpSize];
        fibers[i].introduce();
    }
    for (unsigned w = 0; w < warps.size(); ++w) {
        unsigned lanes = std::min(kWarpSize, count - w * kWarpSize);
        warps[w].present = lanes == kWarpSize ? ~0u : (1u << lanes) - 1;
    }
    if (launch.order != Order::Random) order();
    scheduler.adoptThread();
}

/// Whole warps one after the other: that a warp is far ahead of the next is what a missing barrier shows under.
void Block::order() {
    for (unsigned i = 0; i < count; ++i) sequence[i] = launch.order == Order::Reverse ? count - 1 - i : i;
    if (launch.order != Order::Random) return;
    auto draw = [this](unsigned bound) {
        random = random * 1664525u + 1013904223u;
        return (random >> 8) % bound;
    };
    for (unsigned w = 0; w < warps.size(); ++w) {
        unsigned first = w * kWarpSize, lanes = std::min(kWarpSize, count - first);
        for (unsigned j = lanes; j-- > 1;) std::swap(sequence[first + j], sequence[first + draw(j + 1)]);
    }
    unsigned whole = count / kWarpSize;
    for (unsigned w = whole; w-- > 1;) {
        unsigned other = draw(w + 1);
        std::swap_ranges(&sequence[w * kWarpSize], &sequence[w * kWarpSize] + kWarpSize, &sequence[other * kWarpSize]);
    }
}

void Block::poisonShared() {
    poison(statics.begin, statics.size);
    poison(dynamicShared, launch.dynamicShared);
}

void Block::resetThreads() {
    for (unsigned i = 0; i < count; ++i) {
        Thread& thread = threads[i];
        thread.state = State::New;
        thread.fiber = nullptr;
        thread.blockBarriers = thread.fullExchanges = thread.warpBarriers = thread.copyGroup = 0;
        thread.copies.clear();
    }
    for (Warp& warp : warps) warp.exited = 0;
}

bool Block::run(Dim3 blockIndex) {
    index = blockIndex;
    failed = false;
    message.clear();
    ready.clear();
    unstarted = arrived = usedFibers = 0;
    votes[0] = votes[1] = 0;
    alive = count;
    if (launch.order == Order::Random) order();
    resetThreads();
    poisonShared();
    release(&launchFence);
    goOn(scheduler, false);
    acquire(&endFence);
    current = nullptr;
    if (!failed && alive > 0) {
        failed = true;
        message = stuck();
    }
    return !failed;  // if it did, suspended threads are abandoned with their stacks
}

Thread* Block::nextUnstarted() {
    return unstarted < count ? &threads[sequence[unstarted++]] : nullptr;
}

void Block::start(Thread& thread, Fiber& from, bool fromIsDone) {
    thread.fiber = &fibers[usedFibers];
    thread.fiber->prepare(stacks.at(usedFibers++), &Block::fiberMain);
    current = &thread;
    thread.fiber->resumeFrom(from, fromIsDone);
}

/// Leaves `from` for a thread that can go on, else for one not yet begun, else for the scheduler.
void Block::goOn(Fiber& from, bool fromIsDone) {
    if (failed) {
        scheduler.resumeFrom(from, fromIsDone);
    } else if (!ready.empty()) {
        Thread* next = ready.front();
        ready.pop_front();
        next->state = State::Running;
        current = next;
        if (next->fiber != &from) next->fiber->resumeFrom(from, fromIsDone);
    } else if (Thread* next = nextUnstarted()) {
        start(*next, from, fromIsDone);
    } else if (&from != &scheduler) {
        scheduler.resumeFrom(from, fromIsDone);
    }
}

void Block::yield() { goOn(*current->fiber, false); }

void Block::fiberMain() {
    Block* block = current->block;
    Fiber::arrived(*current->fiber);
    block->threadMain();
}

/// Runs threads from beginning to end, one after the other on this stack, until others must go on first.
void Block::threadMain() {
    for (;;) {
        Thread* self = current;
        Fiber* fiber = self->fiber;
        self->state = State::Running;
        acquire(&launchFence);
        launch.kernel->invoke(launch.arguments);
        release(&endFence);
        self = current;  // the same, but not for a compiler that kept it in a register of another stack
        exited(*self);
#if !EMU_THREAD_SANITIZER
        if (!failed && ready.empty()) {
            if (Thread* next = nextUnstarted()) {
                next->fiber = fiber;
                current = next;
                continue;
            }
        }
#endif
        goOn(*fiber, true);
    }
}

void Block::exited(Thread& thread) {
    thread.state = State::Exited;
    thread.warp->exited |= 1u << thread.lane;
    --alive;
    if (arrived > 0 && !failed) {
        failed = true;
        message = "divergent barrier: " + nameOf(thread) + " ended while " + std::to_string(arrived) +
                  " threads wait at __syncthreads()";
    }
}

void Block::fail(const std::string& what) {
    if (!failed) message = what;
    failed = true;
    scheduler.resumeFrom(*current->fiber);
    __builtin_unreachable();
}

int Block::blockBarrier(const char* site, int vote) {
    Thread* self = current;
    unsigned turn = self->blockBarriers & 1;
    release(&blockFence[turn]);
    if (alive < count) {
        fail("divergent barrier: " + nameOf(*self) + " is at __syncthreads() of " + site + ", which " +
             std::to_string(count - alive) + " threads will never reach because they have ended");
    }
    if (arrived == 0) {
        firstArrived = self;
        barrierSite = site;
    } else if (strcmp(barrierSite, site) != 0) {
        fail("divergent barrier: " + nameOf(*self) + " is at __syncthreads() of " + site + ", " + nameOf(*firstArrived) +
             " at that of " + barrierSite);
    }
    votes[turn] += vote;
    if (++arrived == alive) {
        votes[1 - turn] = 0;
        releaseBlockBarrier();
    } else {
        self->state = State::AtBlockBarrier;
        yield();
    }
    acquire(&blockFence[turn]);
    ++self->blockBarriers;
    return votes[turn];
}

/// The last to arrive goes on at once, the others after it in the chosen order.
void Block::releaseBlockBarrier() {
    arrived = 0;
    for (unsigned i = 0; i < count; ++i) {
        Thread& thread = threads[sequence[i]];
        if (thread.state == State::AtBlockBarrier) {
            thread.state = State::Ready;
            ready.push_back(&thread);
        }
    }
}

bool Block::wholeWarp(unsigned mask) const {
    unsigned present = current->warp->present;
    return (mask & present) == present;
}

void Block::warpBarrier(unsigned mask) {
    Thread* self = current;
    Warp& warp = *self->warp;
    unsigned expected = mask & warp.present, own = 1u << self->lane;
    if (!(mask & own)) {
        fail(nameOf(*self) + " called a warp primitive whose mask does not name its own lane " + std::to_string(self->lane));
    }
    if (expected & warp.exited) {
        fail(nameOf(*self) + " waits in a warp primitive for lanes that have ended");
    }
    unsigned turn = self->warpBarriers & 1;
    unsigned warpNumber = self->linear / kWarpSize;
    release(&warpFence[warpNumber][turn]);
    Thread* lanes = &threads[warpNumber * kWarpSize];
    bool complete = true;
    for (unsigned rest = expected & ~own; rest && complete; rest &= rest - 1) {
        Thread& other = lanes[__builtin_ctz(rest)];
        complete = other.state == State::AtWarpBarrier && other.waitMask == mask;
    }
    if (complete) {
        for (unsigned i = 0; i < kWarpSize; ++i) {
            unsigned lane = launch.order == Order::Reverse ? kWarpSize - 1 - i : i;
            if (!(expected & ~own & 1u << lane)) continue;
            lanes[lane].state = State::Ready;
            ready.push_back(&lanes[lane]);
        }
    } else {
        self->waitMask = mask;
        self->state = State::AtWarpBarrier;
        yield();
    }
    acquire(&warpFence[warpNumber][turn]);
    ++self->warpBarriers;
}

const uint32_t (*Block::exchange(unsigned mask, const uint32_t* words, unsigned count))[8] {
    Thread* self = current;
    auto row = self->warp->words[wholeWarp(mask) ? self->fullExchanges++ & 1 : 2];
    for (unsigned i = 0; i < count; ++i) row[self->lane][i] = words[i];
    warpBarrier(mask);
    return row;
}

std::string Block::stuck() const {
    unsigned block = 0, warp = 0;
    const Thread* example = nullptr;
    for (unsigned i = 0; i < count; ++i) {
        const Thread& thread = threads[i];
        block += thread.state == State::AtBlockBarrier;
        warp += thread.state == State::AtWarpBarrier;
        if (thread.state != State::Exited && !example) example = &thread;
    }
    return "deadlock: " + std::to_string(block) + " threads wait at __syncthreads() and " + std::to_string(warp) +
           " in a warp primitive for others that never come, " + nameOf(*example) + " among them";
}

}  // namespace emu
