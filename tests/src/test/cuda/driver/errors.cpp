// Names of results, and what tests may ask of the stand-in that no real driver answers.
#include <map>

#include "driver.h"
#include "memory.h"
#include "settings.h"

using namespace driver;

namespace {
const std::map<int, const char*>& names() {
    static const auto& all = *new std::map<int, const char*>{
        {Success, "CUDA_SUCCESS"},
        {InvalidValue, "CUDA_ERROR_INVALID_VALUE"},
        {OutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY"},
        {NotInitialized, "CUDA_ERROR_NOT_INITIALIZED"},
        {NoDevice, "CUDA_ERROR_NO_DEVICE"},
        {InvalidDevice, "CUDA_ERROR_INVALID_DEVICE"},
        {InvalidImage, "CUDA_ERROR_INVALID_IMAGE"},
        {InvalidContext, "CUDA_ERROR_INVALID_CONTEXT"},
        {InvalidPtx, "CUDA_ERROR_INVALID_PTX"},
        {InvalidHandle, "CUDA_ERROR_INVALID_HANDLE"},
        {NotFound, "CUDA_ERROR_NOT_FOUND"},
        {NotReady, "CUDA_ERROR_NOT_READY"},
        {IllegalAddress, "CUDA_ERROR_ILLEGAL_ADDRESS"},
        {OutOfResources, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES"},
        {MisalignedAddress, "CUDA_ERROR_MISALIGNED_ADDRESS"},
        {LaunchFailed, "CUDA_ERROR_LAUNCH_FAILED"},
        {NotSupported, "CUDA_ERROR_NOT_SUPPORTED"},
        {CaptureUnsupported, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED"},
        {CaptureInvalidated, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED"},
        {Unknown, "CUDA_ERROR_UNKNOWN"},
    };
    return all;
}
}  // namespace

namespace driver {
void resetStreams();
}

DRIVER_API cuGetErrorName(int error, const char** name) {
    auto found = names().find(error);
    *name = found == names().end() ? "CUDA_ERROR" : found->second;
    return found == names().end() ? InvalidValue : Success;
}
DRIVER_API cuGetErrorString(int error, const char** text) { return cuGetErrorName(error, text); }

/// Changes a setting (see settings.h); 1 for one that does not exist.
extern "C" __attribute__((visibility("default"))) int cudaEmuSet(const char* name, const char* value) {
    std::lock_guard<std::recursive_mutex> lock(driver::mutex);
    return settings().set(name, value) ? 0 : 1;
}
/// Forgets a fault, so that one process can see several.
extern "C" __attribute__((visibility("default"))) void cudaEmuReset() {
    std::lock_guard<std::recursive_mutex> lock(driver::mutex);
    broken = Success;
    resetStreams();
    lastSaid.clear();
}
/// The last line that the stand-in printed.
extern "C" __attribute__((visibility("default"))) const char* cudaEmuSaid() { return lastSaid.c_str(); }
extern "C" __attribute__((visibility("default"))) long cudaEmuAllocations() {
    std::lock_guard<std::recursive_mutex> lock(driver::mutex);
    return long(liveAllocations());
}
