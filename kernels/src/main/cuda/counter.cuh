// The digits of an index that walks through three nested loops, without a division on the way.
#pragma once
#include "common.cuh"

// index = (high·middles + middle)·lows + low.
struct Counter {
    int high, middle, low;

    __device__ __forceinline__ static Counter of(int index, int middles, int lows) {
        int outer = index / lows;
        return {outer / middles, outer % middles, index % lows};
    }

    __device__ __forceinline__ void increment(int middles, int lows) {
        if (++low == lows) {
            low = 0;
            if (++middle == middles) {
                middle = 0;
                ++high;
            }
        }
    }

    // Adds another number of the same bases: at most one carry per digit.
    __device__ __forceinline__ void add(const Counter &step, int middles, int lows) {
        low += step.low;
        middle += step.middle;
        high += step.high;
        if (low >= lows) {
            low -= lows;
            ++middle;
        }
        if (middle >= middles) {
            middle -= middles;
            ++high;
        }
    }
};
