// Spreads the blocks of a launch over a few OS threads, the calling one among them.
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "block.h"
#include "faults.h"

namespace emu {
namespace {

/// One launch under way: the blocks not yet taken, and the first thing that went wrong.
class Grid {
public:
    Grid(const Launch& launch, Describe describe) : launch(launch), describe(describe), count(launch.grid.volume()) {}

    void work(Block& block) {
        useSignalStack();
        Recovery here;
        if (sigsetjmp(here.resume, 0) == 0) {
            recovery = &here;
            block.prepare(launch);
            for (size_t i; !stopped && (i = next++) < count;) {
                if (!block.run(blockIndex(i))) {
                    stop(Outcome::BadBarrier, block.complaint() + place(block.index, nullptr));
                }
            }
        } else {
            const Thread* thread = current;
            std::string what = here.misaligned ? "misaligned address, or one that no memory can have," : describe(here.address);
            stop(here.misaligned ? Outcome::Misaligned : Outcome::IllegalAddress, what + place(block.index, thread));
        }
        current = nullptr;
        recovery = nullptr;
    }

    Outcome outcome;

private:
    Dim3 blockIndex(size_t i) const {
        size_t n = launch.order == Order::Reverse ? count - 1 - i : i;
        const Dim3& grid = launch.grid;
        return {unsigned(n % grid.x), unsigned(n / grid.x % grid.y), unsigned(n / grid.x / grid.y)};
    }

    std::string place(Dim3 block, const Thread* thread) const {
        std::string text = std::string(" in kernel ") + launch.kernel->name + ", block (" + std::to_string(block.x) + "," +
                           std::to_string(block.y) + "," + std::to_string(block.z) + ")";
        return thread ? text + ", thread " + std::to_string(thread->linear) : text;
    }

    void stop(Outcome::Kind kind, std::string message) {
        std::lock_guard<std::mutex> lock(mutex);
        if (!stopped) outcome = {kind, std::move(message)};
        stopped = true;
    }

    const Launch& launch;
    Describe describe;
    const size_t count;
    std::atomic<size_t> next{0};
    std::atomic<bool> stopped{false};
    std::mutex mutex;
};

/// OS threads that wait for launches of more than one block. They end with the process.
class Helpers {
public:
    void run(Grid& grid, Block& own, unsigned wanted) {
        while (threads < wanted) {
            std::thread([this] { serve(); }).detach();
            ++threads;
        }
        {
            std::lock_guard<std::mutex> lock(mutex);
            work = &grid;
            places = busy = wanted;
        }
        arrival.notify_all();
        grid.work(own);
        std::unique_lock<std::mutex> lock(mutex);
        busy -= places;  // those that did not come in time are not waited for
        places = 0;
        finished.wait(lock, [this] { return busy == 0; });
        work = nullptr;
    }

private:
    void serve() {
        Block block;
        std::unique_lock<std::mutex> lock(mutex);
        for (;;) {
            arrival.wait(lock, [this] { return places > 0; });
            --places;
            Grid* grid = work;
            lock.unlock();
            grid->work(block);
            lock.lock();
            if (--busy == 0) finished.notify_one();
        }
    }

    std::mutex mutex;
    std::condition_variable arrival, finished;
    Grid* work = nullptr;
    unsigned threads = 0, places = 0, busy = 0;
};

}  // namespace

/// One launch at a time: the driver holds its lock.
Outcome run(const Launch& launch, Describe describe) {
    static Block& own = *new Block;
    static Helpers& helpers = *new Helpers;
    Grid grid(launch, describe);
    size_t blocks = launch.grid.volume();
    if (launch.workers > 1 && blocks > 1) {
        helpers.run(grid, own, launch.workers - 1);
    } else {
        grid.work(own);
    }
    return grid.outcome;
}

}  // namespace emu
