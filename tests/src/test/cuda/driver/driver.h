// The stand-in libcuda.so.1: what its parts share. One device, one lock around every call, memory of the host.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

namespace driver {

/// The numbers of cuda.h that the stand-in answers with.
enum Result : int {
    Success = 0,
    InvalidValue = 1,
    OutOfMemory = 2,
    NotInitialized = 3,
    NoDevice = 100,
    InvalidDevice = 101,
    InvalidImage = 200,
    InvalidContext = 201,
    InvalidPtx = 218,
    InvalidHandle = 400,
    NotFound = 500,
    NotReady = 600,
    IllegalAddress = 700,
    OutOfResources = 701,
    MisalignedAddress = 716,
    LaunchFailed = 719,
    NotSupported = 801,
    CaptureUnsupported = 900,
    CaptureInvalidated = 901,
    Unknown = 999,
};

using Address = unsigned long long;

/// Work of a stream, done at once or, in deferred mode, when somebody waits.
using Work = std::function<Result()>;

struct Stream;

extern std::recursive_mutex mutex;

/// Prints a line about something that a real driver would not explain.
void say(const char* format, ...) __attribute__((format(printf, 1, 2)));

/// The last line said, for tests.
extern std::string lastSaid;

/// The error that stays: after a fault every call answers with it, until the process ends (or `cudaEmuReset`).
extern Result broken;

/// What every call but the first must find: an initialised driver, a context, no earlier fault.
Result ready();
bool initialised();

/// Puts work into a stream, or into the graph that it is recording.
Result submit(Stream* stream, const char* what, Work work);

/// Does all that was submitted to the stream; a null stream is the legacy default stream.
Result drain(Stream* stream);
Result drainAll();

/// What calls that wait or allocate answer while a stream records in a mode that forbids them.
Result forbiddenWhileCapturing(const char* what);

}  // namespace driver

/// A function of libcuda. JCuda finds it by name.
#define DRIVER_API extern "C" __attribute__((visibility("default"))) driver::Result

#define DRIVER_LOCK                                                        \
    std::lock_guard<std::recursive_mutex> driverLock(driver::mutex);       \
    if (!driver::initialised()) return driver::NotInitialized

#define DRIVER_CONTEXT                                                     \
    std::lock_guard<std::recursive_mutex> driverLock(driver::mutex);       \
    if (driver::Result result = driver::ready()) return result

#define RETURN_IF(call) \
    if (driver::Result result = (call)) return result
