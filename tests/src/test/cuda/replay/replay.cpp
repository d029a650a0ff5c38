// Repeats recorded launches of a module that a sanitizer watches. Built together with the module into one program:
//   replay RECORDING...        one line per launch; the sanitizer's report and a status other than 0 if it finds something
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <vector>

#include "../runtime/launch.h"
#include "recording.h"

extern "C" const emu::Module emu_module;

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

Recording open(const char* path) {
    std::ifstream file(path, std::ios::binary);
    Recording recording{read<RecordingHeader>(file), {}, {}, {}};
    if (!file || recording.header.magic != RecordingHeader::kMagic) {
        fprintf(stderr, "%s is no recorded launch\n", path);
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

const emu::Kernel* find(const std::string& name) {
    for (unsigned i = 0; i < emu_module.kernelCount; ++i) {
        if (name == emu_module.kernels[i].name) return &emu_module.kernels[i];
    }
    return nullptr;
}

bool repeat(const char* path) {
    Recording recording = open(path);
    const emu::Kernel* kernel = find(recording.name);
    if (!kernel) {
        fprintf(stderr, "%s: kernel %s is not in this program\n", path, recording.name.c_str());
        return false;
    }
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
                       &emu_module,
                       {header.grid[0], header.grid[1], header.grid[2]},
                       {header.block[0], header.block[1], header.block[2]},
                       header.dynamicShared,
                       addresses.data(),
                       emu::Order::Forward,
                       1,
                       1};
    emu::Outcome outcome = emu::run(launch, [](const void*) { return std::string("illegal address"); });
    for (Piece& piece : recording.pieces) free(piece.copy);
    printf("%s: %s\n", path, outcome.message.empty() ? "done" : outcome.message.c_str());
    return outcome.kind == emu::Outcome::Completed;
}

}  // namespace

int main(int count, char** paths) {
    bool all = true;
    for (int i = 1; i < count; ++i) all = repeat(paths[i]) && all;
    return all ? 0 : 1;
}
