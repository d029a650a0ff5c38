// Repeats recorded launches of kernels that a sanitizer watches:
//   replay MODULES RECORDINGS    two folders: modules compiled with the sanitizer, and files that the driver recorded
// One line per launch; the sanitizer's report and a status other than 0 if it finds something.
#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <vector>

#include "../runtime/launch.h"
#include "recording.h"

namespace {

/// A copy of memory of the device, exactly as long, between whatever the sanitizer puts around it.
struct Piece {
    uint64_t address;
    std::vector<char> bytes;
    char* copy;
};

struct Recording {
    RecordingHeader header;
    std::string name;
    std::vector<char> arguments;
    std::vector<Piece> pieces;
};

template <class T>
T read(std::ifstream& file) {
    T value;
    file.read(reinterpret_cast<char*>(&value), sizeof value);
    return value;
}

std::vector<char> read(std::ifstream& file, size_t bytes) {
    std::vector<char> data(bytes);
    file.read(data.data(), std::streamsize(bytes));
    return data;
}

Recording open(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    Recording recording{read<RecordingHeader>(file), {}, {}, {}};
    if (!file || recording.header.magic != RecordingHeader::kMagic) {
        fprintf(stderr, "%s is no recorded launch\n", path.c_str());
        exit(2);
    }
    auto name = read(file, recording.header.nameBytes);
    recording.name.assign(name.begin(), name.end());
    recording.arguments = read(file, recording.header.argumentBytes);
    for (uint64_t i = 0; i < recording.header.pieces; ++i) {
        auto piece = read<RecordedPiece>(file);
        void* exact = nullptr;
        if (posix_memalign(&exact, 256, piece.bytes)) exit(2);
        recording.pieces.push_back({piece.address, {}, static_cast<char*>(exact)});
        auto bytes = read(file, piece.bytes);
        memcpy(exact, bytes.data(), bytes.size());
        recording.pieces.back().bytes = std::move(bytes);
    }
    return recording;
}

/// Addresses of the recorded memory become those of its copies.
void relocate(Recording& recording) {
    for (size_t at = 0; at + 8 <= recording.arguments.size(); at += 8) {
        uint64_t word;
        memcpy(&word, recording.arguments.data() + at, sizeof word);
        for (const Piece& piece : recording.pieces) {
            if (word >= piece.address && word < piece.address + piece.bytes.size()) {
                word = reinterpret_cast<uint64_t>(piece.copy) + (word - piece.address);
                memcpy(recording.arguments.data() + at, &word, sizeof word);
                break;
            }
        }
    }
}

struct Found {
    const emu::Kernel* kernel;
    const emu::Module* module;
};

std::vector<std::string> filesIn(const char* folder) {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::map<std::string, Found> open(const std::vector<std::string>& modules) {
    std::map<std::string, Found> kernels;
    for (const std::string& path : modules) {
        void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        auto* module = handle ? static_cast<const emu::Module*>(dlsym(handle, "emu_module")) : nullptr;
        if (!module) {
            fprintf(stderr, "%s\n", dlerror());
            exit(2);
        }
        for (unsigned i = 0; i < module->kernelCount; ++i) kernels[module->kernels[i].name] = {&module->kernels[i], module};
    }
    return kernels;
}

bool repeat(const std::map<std::string, Found>& kernels, const std::string& path) {
    Recording recording = open(path);
    auto found = kernels.find(recording.name);
    if (found == kernels.end()) {
        fprintf(stderr, "%s: no module has the kernel %s\n", path.c_str(), recording.name.c_str());
        return false;
    }
    const emu::Kernel* kernel = found->second.kernel;
    relocate(recording);
    alignas(16) char storage[4096];
    memcpy(storage, recording.arguments.data(), recording.arguments.size());
    std::vector<void*> addresses;
    size_t at = 0;
    for (unsigned i = 0; i < kernel->parameterCount; ++i) {
        size_t alignment = kernel->parameters[i].alignment;
        at = (at + alignment - 1) / alignment * alignment;
        addresses.push_back(storage + at);
        at += kernel->parameters[i].size;
    }
    const RecordingHeader& header = recording.header;
    emu::Launch launch{kernel,
                       found->second.module,
                       {header.grid[0], header.grid[1], header.grid[2]},
                       {header.block[0], header.block[1], header.block[2]},
                       header.dynamicShared,
                       addresses.data(),
                       emu::Order::Forward,
                       1,
                       1};
    emu::Outcome outcome = emu::run(launch, [](const void*) { return std::string("illegal address"); });
    for (Piece& piece : recording.pieces) free(piece.copy);
    printf("%s: %s\n", path.c_str(), outcome.message.empty() ? "done" : outcome.message.c_str());
    return outcome.kind == emu::Outcome::Completed;
}

}  // namespace

int main(int count, char** folders) {
    if (count != 3) {
        fprintf(stderr, "usage: replay MODULES RECORDINGS\n");
        return 2;
    }
    auto kernels = open(filesIn(folders[1]));
    bool all = true;
    for (const std::string& path : filesIn(folders[2])) all = repeat(kernels, path) && all;
    return all ? 0 : 1;
}
