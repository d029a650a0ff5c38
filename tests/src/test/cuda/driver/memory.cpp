#include "memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>

#include "settings.h"

namespace driver {
namespace {

constexpr size_t kPage = 4096;
constexpr unsigned char kUnwritten = 0xff;  // NaN as float and as double
constexpr unsigned char kMargin = 0xff;     // a read past the end is NaN too
constexpr size_t kQuarantine = 256;

struct Block : Allocation {
    char* mapped;
    size_t mappedBytes;
    /// From the end of the allocation to the guard page: up to 15 bytes, since addresses are multiples of 16.
    size_t margin;
};

std::map<Address, Block> device;
std::map<Address, Allocation> pinned;
/// Freed blocks whose pages stay inaccessible for a while, so that a late use faults and can be told apart.
std::deque<Block> freed;
size_t used = 0;

template <class Map>
const Allocation* find(const Map& map, Address address) {
    auto next = map.upper_bound(address);
    if (next == map.begin()) return nullptr;
    const Allocation& candidate = std::prev(next)->second;
    return address < candidate.base + candidate.size ? &candidate : nullptr;
}

std::string hex(Address address) {
    char text[32];
    snprintf(text, sizeof text, "0x%llx", address);
    return text;
}

std::string relative(Address address, long long distance, const char* how, const Allocation& to) {
    return hex(address) + " lies " + std::to_string(distance) + " bytes " + how + " an allocation of " +
           std::to_string(to.size) + " bytes at " + hex(to.base);
}

/// The block ends at a guard page, so that most overruns fault at once.
Block make(size_t bytes) {
    size_t body = (bytes + kPage - 1) / kPage * kPage;
    size_t mappedBytes = body + 2 * kPage;
    void* memory = mmap(nullptr, mappedBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return {{0, 0}, nullptr, 0, 0};
    char* mapped = static_cast<char*>(memory);
    // Every block splits a mapping, and a process may have 65,530 of them.
    if (mprotect(mapped + kPage, body, PROT_READ | PROT_WRITE) != 0) {
        munmap(mapped, mappedBytes);
        return {{0, 0}, nullptr, 0, 0};
    }
    size_t alignment = bytes % 256 == 0 ? 256 : 16;
    size_t padded = (bytes + alignment - 1) / alignment * alignment;
    char* base = mapped + kPage + body - padded;
    memset(base, kUnwritten, padded);
    return {{reinterpret_cast<Address>(base), bytes}, mapped, mappedBytes, padded - bytes};
}

bool marginUntouched(const Block& block) {
    auto* end = reinterpret_cast<const unsigned char*>(block.base + block.size);
    for (size_t i = 0; i < block.margin; ++i) {
        if (end[i] != kMargin) {
            say("written %zu bytes past the end of an allocation of %zu bytes at %s", i, block.size, hex(block.base).c_str());
            return false;
        }
    }
    return true;
}

/// Gives the pages back but keeps the addresses out of use.
void quarantine(const Block& block) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
    mmap(block.mapped, block.mappedBytes, PROT_NONE, flags, -1, 0);
    freed.push_back(block);
    if (freed.size() > kQuarantine) {
        munmap(freed.front().mapped, freed.front().mappedBytes);
        freed.pop_front();
    }
}

Result checked(Address address, size_t bytes, const char* what) {
    if (bytes == 0 || contains(address, bytes)) return Success;
    say("%s of %zu bytes: %s", what, bytes, describe(address).c_str());
    return InvalidValue;
}

void* host(Address address) { return reinterpret_cast<void*>(address); }

}  // namespace

const Allocation* allocationAt(Address address) {
    const Allocation* found = find(device, address);
    return found ? found : find(pinned, address);
}

bool contains(Address address, size_t bytes) {
    const Allocation* found = allocationAt(address);
    return found && address + bytes <= found->base + found->size;
}

std::string describe(Address address) {
    if (const Allocation* inside = allocationAt(address)) {
        return relative(address, (long long)(address - inside->base), "into", *inside);
    }
    for (const Block& block : freed) {
        if (block.base <= address && address < block.base + block.size) {
            return relative(address, (long long)(address - block.base), "into freed memory,", block);
        }
    }
    auto next = device.upper_bound(address);
    if (next != device.begin()) {
        const Block& before = std::prev(next)->second;
        if (address < reinterpret_cast<Address>(before.mapped) + before.mappedBytes) {
            return relative(address, (long long)(address - before.base - before.size), "past the end of", before);
        }
    }
    if (next != device.end() && address >= reinterpret_cast<Address>(next->second.mapped)) {
        return relative(address, (long long)(next->first - address), "before", next->second);
    }
    return hex(address) + " is in no allocation of the device";
}

bool marginsUntouched() {
    bool all = true;
    for (const auto& [base, block] : device) all = marginUntouched(block) && all;
    return all;
}

void reportLeaks() {
    if (!device.empty()) say("leak: %zu allocations of %zu bytes are live at the end of the context", device.size(), used);
}

size_t liveAllocations() { return device.size(); }

}  // namespace driver

using namespace driver;

DRIVER_API cuMemGetInfo_v2(size_t* free, size_t* total) {
    DRIVER_CONTEXT;
    *total = settings().memory;
    *free = used < *total ? *total - used : 0;
    return Success;
}
DRIVER_API cuMemAlloc_v2(Address* address, size_t bytes) {
    DRIVER_CONTEXT;
    RETURN_IF(forbiddenWhileCapturing("cuMemAlloc"));
    if (bytes == 0) return InvalidValue;
    if (used > settings().memory || bytes > settings().memory - used) return OutOfMemory;
    Block block = make(bytes);
    if (!block.mapped) return OutOfMemory;
    device[block.base] = block;
    used += bytes;
    *address = block.base;
    return Success;
}
DRIVER_API cuMemFree_v2(Address address) {
    DRIVER_CONTEXT;
    if (address == 0) return Success;
    RETURN_IF(forbiddenWhileCapturing("cuMemFree"));
    RETURN_IF(drainAll());
    auto found = device.find(address);
    if (found == device.end()) {
        say("cuMemFree: %s", describe(address).c_str());
        return InvalidValue;
    }
    bool intact = marginUntouched(found->second);
    used -= found->second.size;
    quarantine(found->second);
    device.erase(found);
    return intact ? Success : broken = IllegalAddress;
}
DRIVER_API cuMemAllocAsync(Address* address, size_t bytes, Stream*) { return cuMemAlloc_v2(address, bytes); }
DRIVER_API cuMemFreeAsync(Address address, Stream*) { return cuMemFree_v2(address); }

DRIVER_API cuMemHostAlloc(void** memory, size_t bytes, unsigned) {
    DRIVER_CONTEXT;
    if (bytes == 0) return InvalidValue;
    if (posix_memalign(memory, kPage, bytes)) return OutOfMemory;
    auto address = reinterpret_cast<Address>(*memory);
    pinned[address] = {address, bytes};
    return Success;
}
DRIVER_API cuMemAllocHost_v2(void** memory, size_t bytes) { return cuMemHostAlloc(memory, bytes, 0); }
DRIVER_API cuMemFreeHost(void* memory) {
    DRIVER_CONTEXT;
    RETURN_IF(drainAll());
    if (!pinned.erase(reinterpret_cast<Address>(memory))) return InvalidValue;
    free(memory);
    return Success;
}
DRIVER_API cuMemHostGetDevicePointer_v2(Address* address, void* memory, unsigned) {
    DRIVER_CONTEXT;
    *address = reinterpret_cast<Address>(memory);
    return contains(*address, 1) ? Success : InvalidValue;
}

// Copies of the first kind wait for everything before them, those of the second are work of a stream.
DRIVER_API cuMemcpyHtoD_v2(Address to, const void* from, size_t bytes) {
    DRIVER_CONTEXT;
    RETURN_IF(forbiddenWhileCapturing("cuMemcpyHtoD"));
    RETURN_IF(checked(to, bytes, "cuMemcpyHtoD"));
    RETURN_IF(drain(nullptr));
    memcpy(host(to), from, bytes);
    return Success;
}
DRIVER_API cuMemcpyDtoH_v2(void* to, Address from, size_t bytes) {
    DRIVER_CONTEXT;
    RETURN_IF(forbiddenWhileCapturing("cuMemcpyDtoH"));
    RETURN_IF(checked(from, bytes, "cuMemcpyDtoH"));
    RETURN_IF(drain(nullptr));
    memcpy(to, host(from), bytes);
    return Success;
}
DRIVER_API cuMemcpyDtoD_v2(Address to, Address from, size_t bytes) {
    DRIVER_CONTEXT;
    RETURN_IF(forbiddenWhileCapturing("cuMemcpyDtoD"));
    RETURN_IF(checked(to, bytes, "cuMemcpyDtoD, target"));
    RETURN_IF(checked(from, bytes, "cuMemcpyDtoD, source"));
    RETURN_IF(drain(nullptr));
    memmove(host(to), host(from), bytes);
    return Success;
}
DRIVER_API cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, Stream* stream) {
    DRIVER_CONTEXT;
    RETURN_IF(checked(to, bytes, "cuMemcpyHtoDAsync"));
    return submit(stream, "copy to the device", [=] {
        RETURN_IF(checked(to, bytes, "cuMemcpyHtoDAsync"));
        memcpy(host(to), from, bytes);
        return Success;
    });
}
DRIVER_API cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, Stream* stream) {
    DRIVER_CONTEXT;
    RETURN_IF(checked(from, bytes, "cuMemcpyDtoHAsync"));
    return submit(stream, "copy from the device", [=] {
        RETURN_IF(checked(from, bytes, "cuMemcpyDtoHAsync"));
        memcpy(to, host(from), bytes);
        return Success;
    });
}
DRIVER_API cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, Stream* stream) {
    DRIVER_CONTEXT;
    RETURN_IF(checked(to, bytes, "cuMemcpyDtoDAsync, target"));
    RETURN_IF(checked(from, bytes, "cuMemcpyDtoDAsync, source"));
    return submit(stream, "copy on the device", [=] {
        RETURN_IF(checked(to, bytes, "cuMemcpyDtoDAsync, target"));
        RETURN_IF(checked(from, bytes, "cuMemcpyDtoDAsync, source"));
        if (from < to + bytes && to < from + bytes) {
            say("cuMemcpyDtoDAsync of %zu bytes between ranges that overlap", bytes);
            return InvalidValue;
        }
        memcpy(host(to), host(from), bytes);
        return Success;
    });
}

namespace {
template <class T>
Result set(Address to, T value, size_t count, Stream* stream) {
    RETURN_IF(checked(to, count * sizeof value, "cuMemset"));
    if (to % sizeof value) return InvalidValue;
    return submit(stream, "memset", [=] {
        RETURN_IF(checked(to, count * sizeof value, "cuMemset"));
        T* target = static_cast<T*>(host(to));
        for (size_t i = 0; i < count; ++i) target[i] = value;
        return Success;
    });
}
}  // namespace

DRIVER_API cuMemsetD8Async(Address to, unsigned char value, size_t count, Stream* stream) {
    DRIVER_CONTEXT;
    return set(to, value, count, stream);
}
DRIVER_API cuMemsetD16Async(Address to, unsigned short value, size_t count, Stream* stream) {
    DRIVER_CONTEXT;
    return set(to, value, count, stream);
}
DRIVER_API cuMemsetD32Async(Address to, unsigned value, size_t count, Stream* stream) {
    DRIVER_CONTEXT;
    return set(to, value, count, stream);
}
DRIVER_API cuMemsetD8_v2(Address to, unsigned char value, size_t count) { return cuMemsetD8Async(to, value, count, nullptr); }
DRIVER_API cuMemsetD16_v2(Address to, unsigned short value, size_t count) { return cuMemsetD16Async(to, value, count, nullptr); }
DRIVER_API cuMemsetD32_v2(Address to, unsigned value, size_t count) { return cuMemsetD32Async(to, value, count, nullptr); }
