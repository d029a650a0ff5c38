#include "recorder.h"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>

#include "../replay/recording.h"
#include "memory.h"
#include "settings.h"

namespace driver {
namespace {

constexpr size_t kMostBytes = 8 << 20;

/// Every word of the arguments that is the address of device memory, those within structures included.
std::map<Address, Allocation> reachable(const std::vector<char>& arguments) {
    std::map<Address, Allocation> found;
    for (size_t at = 0; at + sizeof(Address) <= arguments.size(); at += sizeof(Address)) {
        Address word;
        memcpy(&word, arguments.data() + at, sizeof word);
        if (const Allocation* allocation = allocationAt(word)) found[allocation->base] = *allocation;
    }
    return found;
}

}  // namespace

void record(const emu::Launch& launch, const std::vector<char>& arguments) {
    static auto& counts = *new std::map<std::string, unsigned>;
    std::string name = launch.kernel->name;
    if (counts[name] >= settings().records) return;
    auto memory = reachable(arguments);
    size_t bytes = 0;
    for (const auto& [base, allocation] : memory) bytes += allocation.size;
    if (bytes > kMostBytes) return;
    std::ofstream file(settings().record + "/" + name + "." + std::to_string(counts[name]++), std::ios::binary);
    RecordingHeader header{RecordingHeader::kMagic,
                           {launch.grid.x, launch.grid.y, launch.grid.z},
                           {launch.block.x, launch.block.y, launch.block.z},
                           launch.dynamicShared,
                           name.size(),
                           arguments.size(),
                           memory.size()};
    file.write(reinterpret_cast<const char*>(&header), sizeof header);
    file.write(name.data(), std::streamsize(name.size()));
    file.write(arguments.data(), std::streamsize(arguments.size()));
    for (const auto& [base, allocation] : memory) {
        RecordedPiece piece{base, allocation.size};
        file.write(reinterpret_cast<const char*>(&piece), sizeof piece);
        file.write(reinterpret_cast<const char*>(base), std::streamsize(allocation.size));
    }
}

}  // namespace driver
