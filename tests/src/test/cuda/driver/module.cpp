#include "module.h"

#include <dirent.h>
#include <dlfcn.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "settings.h"
#include "stream.h"

namespace driver {
namespace {

struct Emulated {
    const emu::Kernel* kernel;
    const emu::Module* module;
};

using Library = std::map<std::string, Emulated>;

/// All kernels of the emulated modules in a folder.
Library open(const std::string& folder) {
    Library library;
    DIR* directory = opendir(folder.c_str());
    if (!directory) {
        say("there is no folder of emulated modules at '%s'", folder.c_str());
        return library;
    }
    while (dirent* file = readdir(directory)) {
        std::string path = folder + "/" + file->d_name;
        if (!path.ends_with(".so")) continue;
        void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        auto* module = handle ? static_cast<const emu::Module*>(dlsym(handle, "emu_module")) : nullptr;
        if (!module) {
            say("%s", dlerror());
            continue;
        }
        for (unsigned i = 0; i < module->kernelCount; ++i) library[module->kernels[i].name] = {&module->kernels[i], module};
    }
    closedir(directory);
    return library;
}

/// Read again each time the setting is made: tests put other kernels into the same folder.
const Library& library() {
    static Library& opened = *new Library;
    static unsigned version = 0;
    if (version != settings().modulesVersion) {
        version = settings().modulesVersion;
        opened = open(settings().modules);
    }
    return opened;
}

/// The bytes of one parameter: `.param .u64 name` or `.param .align 8 .b8 name[40]`.
unsigned parameterSize(std::string_view declaration) {
    size_t bracket = declaration.find('[');
    if (bracket != declaration.npos) return unsigned(std::stoul(std::string(declaration.substr(bracket + 1))));
    size_t type = declaration.find_first_of("0123456789", declaration.find_first_not_of(" \t"));
    return unsigned(std::stoul(std::string(declaration.substr(type)))) / 8;
}

PtxEntry parseEntry(std::string_view text) {
    PtxEntry entry;
    size_t end = text.find(')'), body = text.find('{');
    constexpr std::string_view kParameter = ".param ", kThreads = ".maxntid ";
    for (size_t at = text.find(kParameter); at < end; at = text.find(kParameter, at)) {
        at += kParameter.size();
        entry.parameterSizes.push_back(parameterSize(text.substr(at, text.find_first_of(",)", at) - at)));
    }
    size_t threads = text.find(kThreads);
    if (threads < body) {
        unsigned x = 1, y = 1, z = 1;
        sscanf(text.data() + threads + kThreads.size(), "%u, %u, %u", &x, &y, &z);
        entry.maxThreads = x * y * z;
    }
    return entry;
}

Result parse(std::string_view ptx, Module& module) {
    if (ptx.find(".version ") == ptx.npos || ptx.find(".target ") == ptx.npos) {
        say("an image that is no PTX");
        return InvalidPtx;
    }
    constexpr std::string_view kEntry = ".entry ";
    for (size_t at = ptx.find(kEntry); at != ptx.npos; at = ptx.find(kEntry, at)) {
        at += kEntry.size();
        std::string_view rest = ptx.substr(at);
        module.entries[std::string(rest.substr(0, rest.find('(')))] = parseEntry(rest);
    }
    return Success;
}

bool sameSignature(const PtxEntry& entry, const emu::Kernel& kernel) {
    if (entry.parameterSizes.size() != kernel.parameterCount) return false;
    for (unsigned i = 0; i < kernel.parameterCount; ++i) {
        if (entry.parameterSizes[i] != kernel.parameters[i].size) return false;
    }
    return true;
}

}  // namespace

std::vector<size_t> parameterOffsets(const emu::Kernel& kernel) {
    std::vector<size_t> offsets;
    size_t at = 0;
    for (unsigned i = 0; i < kernel.parameterCount; ++i) {
        size_t alignment = kernel.parameters[i].alignment;
        at = (at + alignment - 1) / alignment * alignment;
        offsets.push_back(at);
        at += kernel.parameters[i].size;
    }
    offsets.push_back(at);
    return offsets;
}

}  // namespace driver

using namespace driver;

DRIVER_API cuModuleLoadData(Module** result, const void* image) {
    DRIVER_CONTEXT;
    auto module = std::make_unique<Module>();
    RETURN_IF(parse(static_cast<const char*>(image), *module));
    *result = module.release();
    return Success;
}
DRIVER_API cuModuleLoadDataEx(Module** result, const void* image, unsigned, void*, void*) {
    return cuModuleLoadData(result, image);
}
DRIVER_API cuModuleUnload(Module* module) {
    DRIVER_CONTEXT;
    RETURN_IF(drainAll());
    delete module;
    return Success;
}
DRIVER_API cuModuleGetFunction(Function** result, Module* module, const char* name) {
    DRIVER_CONTEXT;
    auto present = module->functions.find(name);
    if (present != module->functions.end()) {
        *result = present->second.get();
        return Success;
    }
    auto entry = module->entries.find(name);
    if (entry == module->entries.end()) {
        say("kernel %s is not in the PTX", name);
        return NotFound;
    }
    auto emulated = library().find(name);
    if (emulated == library().end()) {
        say("kernel %s is in the PTX but in no module of '%s'", name, settings().modules.c_str());
        return NotFound;
    }
    if (!sameSignature(entry->second, *emulated->second.kernel)) {
        say("kernel %s has other parameters in the PTX than in the source: the PTX is stale", name);
        return InvalidImage;
    }
    auto& function = module->functions[name];
    function = std::make_unique<Function>();
    *function = {name, emulated->second.kernel, emulated->second.module, entry->second.maxThreads};
    *result = function.get();
    return Success;
}

namespace {
constexpr int kMaxThreadsPerBlock = 0, kSharedBytes = 1, kRegisters = 4, kMaxDynamicShared = 8;
constexpr int kSharedPerMultiprocessor = 228 << 10, kThreadsPerMultiprocessor = 2048, kBlocksPerMultiprocessor = 32;
}  // namespace

DRIVER_API cuFuncSetAttribute(Function* function, int attribute, int value) {
    DRIVER_CONTEXT;
    if (attribute != kMaxDynamicShared) return Success;
    if (value < 0 || value > 227 << 10) return InvalidValue;
    function->maxDynamicShared = unsigned(value);
    return Success;
}
DRIVER_API cuFuncGetAttribute(int* value, int attribute, Function* function) {
    DRIVER_CONTEXT;
    switch (attribute) {
        case kMaxThreadsPerBlock: *value = int(function->maxThreads); break;
        case kMaxDynamicShared: *value = int(function->maxDynamicShared); break;
        case kRegisters: *value = 32; break;
        case kSharedBytes:
        default: *value = 0;
    }
    return Success;
}
DRIVER_API cuFuncSetCacheConfig(Function*, int) {
    DRIVER_CONTEXT;
    return Success;
}
DRIVER_API cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, Function*, int threads, size_t dynamicShared) {
    DRIVER_CONTEXT;
    int byThreads = kThreadsPerMultiprocessor / std::max(threads, 1);
    int byMemory = dynamicShared ? int(kSharedPerMultiprocessor / (dynamicShared + 1024)) : kBlocksPerMultiprocessor;
    *blocks = std::min({byThreads, byMemory, kBlocksPerMultiprocessor});
    return Success;
}
DRIVER_API cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, Function* function, int threads,
                                                                size_t dynamicShared, unsigned) {
    return cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, function, threads, dynamicShared);
}
