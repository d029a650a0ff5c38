// Sorts indices, so that all that name a place of an axis stand together and in their order: chunks in shared memory,
// which are then merged, two and two. In the number of indices it is nearly linear, and equal from run to run.
#pragma once
#include "faults.cuh"

// A position in a list of indices under the place that it names, as one number: sorted, all that name a place stand
// together, in their order. Indices outside the axis come last.
using Naming = unsigned long long;

constexpr Naming NOWHERE = 0xffffffffULL << 32;
constexpr Naming LAST = ~0ULL;

// Namings that one block sorts in shared memory.
constexpr int SORTED = 1024;
constexpr int SORTERS = 256;

// One block's chunk, by Batcher's bitonic sort (AFIPS 1968).
__device__ __forceinline__ void sort_chunk(
        long long size, int count, const long long *indices, Naming *sorted, Fault *fault) {
    __shared__ Naming chunk[SORTED];
    long long begin = static_cast<long long>(blockIdx.x) * SORTED;
    for (int k = threadIdx.x; k < SORTED; k += SORTERS) {
        long long i = begin + k;
        Naming naming = LAST;
        if (i < count) {
            Naming place = is_inside(indices[i], size, fault) ? static_cast<Naming>(indices[i]) << 32 : NOWHERE;
            naming = place | static_cast<Naming>(i);
        }
        chunk[k] = naming;
    }
    for (int width = 2; width <= SORTED; width *= 2) {
        for (int distance = width / 2; distance > 0; distance /= 2) {
            __syncthreads();
            for (int pair = threadIdx.x; pair < SORTED / 2; pair += SORTERS) {
                int low = pair / distance * 2 * distance + pair % distance;
                int high = low + distance;
                Naming a = chunk[low];
                Naming b = chunk[high];
                bool ascending = (low & width) == 0;
                if ((a > b) == ascending) {
                    chunk[low] = b;
                    chunk[high] = a;
                }
            }
        }
    }
    __syncthreads();
    for (int k = threadIdx.x; k < SORTED && begin + k < count; k += SORTERS) {
        sorted[begin + k] = chunk[k];
    }
}

// How many of sorted numbers are below another.
__device__ __forceinline__ long long below(const Naming *sorted, long long count, Naming wanted) {
    long long low = 0;
    long long high = count;
    while (low < high) {
        long long middle = (low + high) / 2;
        if (sorted[middle] < wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

// Makes one sorted run of every two of `width`: a naming moves behind those of the other run that are below it.
__device__ __forceinline__ void merge(long long count, long long width, const Naming *from, Naming *to) {
    long long i = global_thread();
    if (i >= count) {
        return;
    }
    long long run = i / width;
    long long other = (run ^ 1) * width;
    long long left = count - other;
    Naming naming = from[i];
    long long passed = left > 0 ? below(from + other, left < width ? left : width, naming) : 0;
    to[i - (run & 1) * width + passed] = naming;
}

// Where the namings of every place begin, and behind them where those of the last end.
__device__ __forceinline__ void find_begins(long long size, long long count, const Naming *sorted, int *begins) {
    long long place = global_thread();
    if (place <= size) {
        begins[place] = static_cast<int>(below(sorted, count, static_cast<Naming>(place) << 32));
    }
}
