// Device memory: pages of the host between guard pages, filled with NaN.
#pragma once
#include <vector>

#include "driver.h"

namespace driver {

struct Allocation {
    Address base;
    size_t size;
};

/// The live allocation, of the device or pinned, that contains the address; null if none does.
const Allocation* allocationAt(Address address);

/// Whether all these bytes belong to one live allocation.
bool contains(Address address, size_t bytes);

/// Where an address lies, in words.
std::string describe(Address address);

/// Whether the bytes between the end of an allocation and its guard page are as they were; says which are not.
bool marginsUntouched();

void reportLeaks();
size_t liveAllocations();

}  // namespace driver
