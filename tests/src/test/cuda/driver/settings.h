// How the stand-in behaves. Each setting comes from the environment as CUDA_EMU_<NAME>, and tests in the same process change
// it by cudaEmuSet(name, value):
//
//   modules   a folder of emulated modules (*.so)
//   order     forward, reverse or random:SEED, the order of the threads of a block
//   async     deferred: streams do nothing until somebody waits
//   workers   OS threads that run blocks (default: 2)
//   memory    bytes of device memory (default: 8 GiB)
//   devices   0: a driver without a device
//   lost      n: the n-th launch from now finds the device gone
//   graphs    refused: no graph can be made ready
//   record    a folder that receives launches for the sanitizers
//   records   at most so many launches of each kernel (default: 3)
//   trace     1: print every launch
#pragma once
#include <string>

namespace driver {

struct Settings {
    std::string modules;
    unsigned modulesVersion = 0;
    std::string order = "forward";
    bool deferred = false;
    unsigned workers = 2;
    size_t memory = size_t(8) << 30;
    int devices = 1;
    long lost = 0;
    bool graphsRefused = false;
    std::string record;
    unsigned records = 3;
    bool trace = false;

    /// False for an unknown name.
    bool set(const std::string& name, const std::string& value);
};

Settings& settings();

}  // namespace driver
