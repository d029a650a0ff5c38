// CUDA's keywords. Threads of a block run on one OS thread, so what they share is local to that.
#pragma once

#ifndef __global__  // the build marks kernels, to list their names
#define __global__
#endif
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __inline__ inline
#define __launch_bounds__(...)
#define __grid_constant__
#define __align__(n) __attribute__((aligned(n)))
#define __constant__ __attribute__((used))

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define __shared__ static  // AddressSanitizer puts no red zones between thread-local variables
#else
#define __shared__ static thread_local __attribute__((tls_model("local-dynamic")))
#endif
