// Initialisation, the device and its context.
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "../runtime/faults.h"
#include "driver.h"
#include "memory.h"
#include "settings.h"

namespace driver {

std::recursive_mutex mutex;
std::string lastSaid;
Result broken = Success;

namespace {
bool hasBegun = false;
char contextObject;
thread_local void* currentContext = nullptr;

/// CUdevice_attribute numbers and what an H100 answers.
int attribute(int number) {
    switch (number) {
        case 1: return 1024;          // threads per block
        case 2: case 3: return 1024;  // block x and y
        case 4: return 64;            // block z
        case 5: return 2147483647;    // grid x
        case 6: case 7: return 65535; // grid y and z
        case 8: return 48 << 10;      // shared memory per block
        case 9: return 64 << 10;      // constant memory
        case 10: return 32;           // warp size
        case 12: return 65536;        // registers per block
        case 13: return 1755000;      // clock, kHz
        case 14: return 512;          // texture alignment
        case 16: return 4;            // multiprocessors: few, so that small arrays fill more than one wave
        case 31: return 1;            // concurrent kernels
        case 36: return 2619000;      // memory clock, kHz
        case 37: return 5120;         // memory bus, bits
        case 38: return 50 << 20;     // L2 cache
        case 39: return 2048;         // threads per multiprocessor
        case 40: return 1;            // asynchronous engines
        case 41: return 1;            // unified addressing
        case 75: return 9;            // compute capability
        case 76: return 0;
        case 81: return 228 << 10;    // shared memory per multiprocessor
        case 82: return 65536;        // registers per multiprocessor
        case 97: return 227 << 10;    // shared memory per block on request
        case 106: return 32;          // blocks per multiprocessor
        case 115: return 1;           // memory pools
        default: return 0;
    }
}
}  // namespace

void say(const char* format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    lastSaid = text;
    fprintf(stderr, "[cuda-emu] %s\n", text);
}

bool initialised() { return hasBegun; }

Result ready() {
    if (!hasBegun) return NotInitialized;
    if (!currentContext) return InvalidContext;
    return broken;
}

}  // namespace driver

using namespace driver;

DRIVER_API cuInit(unsigned flags) {
    std::lock_guard<std::recursive_mutex> lock(driver::mutex);
    if (settings().devices == 0) return NoDevice;
    if (flags) return InvalidValue;
    hasBegun = true;
    return Success;
}
DRIVER_API cuDriverGetVersion(int* version) {
    *version = 13000;
    return Success;
}
DRIVER_API cuDeviceGetCount(int* count) {
    DRIVER_LOCK;
    *count = settings().devices;
    return Success;
}
DRIVER_API cuDeviceGet(int* device, int ordinal) {
    DRIVER_LOCK;
    if (ordinal < 0 || ordinal >= settings().devices) return InvalidDevice;
    *device = ordinal;
    return Success;
}
DRIVER_API cuDeviceGetName(char* name, int length, int) {
    DRIVER_LOCK;
    snprintf(name, size_t(length), "CPU emulation of a GPU");
    return Success;
}
DRIVER_API cuDeviceTotalMem_v2(size_t* bytes, int) {
    DRIVER_LOCK;
    *bytes = settings().memory;
    return Success;
}
DRIVER_API cuDeviceGetUuid(void* uuid, int) {
    DRIVER_LOCK;
    memset(uuid, 7, 16);
    return Success;
}
DRIVER_API cuDeviceGetPCIBusId(char* id, int length, int) {
    DRIVER_LOCK;
    snprintf(id, size_t(length), "0000:00:00.0");
    return Success;
}
DRIVER_API cuDeviceGetAttribute(int* value, int number, int) {
    DRIVER_LOCK;
    *value = attribute(number);
    return Success;
}
DRIVER_API cuDeviceComputeCapability(int* major, int* minor, int) {
    DRIVER_LOCK;
    *major = attribute(75);
    *minor = attribute(76);
    return Success;
}

DRIVER_API cuCtxCreate_v2(void** context, unsigned, int) {
    DRIVER_LOCK;
    RETURN_IF(broken);
    emu::installFaultHandler();
    *context = currentContext = &contextObject;
    return Success;
}
DRIVER_API cuCtxDestroy_v2(void*) {
    DRIVER_LOCK;
    reportLeaks();
    currentContext = nullptr;
    return Success;
}
DRIVER_API cuDevicePrimaryCtxRetain(void** context, int) {
    DRIVER_LOCK;
    RETURN_IF(broken);
    emu::installFaultHandler();
    *context = &contextObject;
    return Success;
}
DRIVER_API cuDevicePrimaryCtxRelease_v2(int) {
    DRIVER_LOCK;
    reportLeaks();
    return Success;
}
DRIVER_API cuCtxSetCurrent(void* context) {
    DRIVER_LOCK;
    currentContext = context;
    return Success;
}
DRIVER_API cuCtxGetCurrent(void** context) {
    DRIVER_LOCK;
    *context = currentContext;
    return Success;
}
DRIVER_API cuCtxPushCurrent_v2(void* context) {
    DRIVER_LOCK;
    currentContext = context;
    return Success;
}
DRIVER_API cuCtxPopCurrent_v2(void** context) {
    DRIVER_LOCK;
    if (context) *context = currentContext;
    currentContext = nullptr;
    return Success;
}
DRIVER_API cuCtxGetDevice(int* device) {
    DRIVER_CONTEXT;
    *device = 0;
    return Success;
}
DRIVER_API cuCtxSynchronize() {
    DRIVER_CONTEXT;
    RETURN_IF(forbiddenWhileCapturing("cuCtxSynchronize"));
    return drainAll();
}
