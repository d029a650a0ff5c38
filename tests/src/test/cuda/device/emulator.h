// The part of CUDA C++ that the kernels use, for g++: what nvcc knows without any #include, and the counterparts of what
// common.cuh writes in PTX.
#pragma once

#include "qualifiers.h"
#include "vectors.h"
#include "intrinsics.h"
#include "threads.h"
#include "atomics.h"
#include "async_copy.h"
#include "tensor_core.h"

#define DYNAMIC_SHARED(type, name) type* name = reinterpret_cast<type*>(emu::current->block->dynamicShared)

inline void copy_async_4(void* shared, const void* global, bool valid) { emu::copyAsync<4>(shared, global, valid ? 4 : 0); }
inline void copy_async_16(void* shared, const void* global, bool valid) { emu::copyAsync<16>(shared, global, valid ? 16 : 0); }
inline void copy_async_commit() { emu::commitCopies(); }
template <int pending>
inline void copy_async_wait() { emu::waitForCopies<pending>(); }

inline unsigned to_tf32(float value) { return emu::roundToTf32(value); }
inline void mma_m16n8k8_tf32(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) { emu::multiplyTiles(d, a, b); }
