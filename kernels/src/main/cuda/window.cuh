// Along one axis of an image: which elements meet under which taps, for a convolution and for its input gradient.
#pragma once
#include "common.cuh"

// The part of an input gradient that one remainder of the stride makes, or the whole of a convolution. Position q (0 … count−1)
// is element `first + q·every` of the output's axis; it meets, under tap number j (0 … taps−1), which is tap `tap + j·period` of
// the window, the source's element `origin + q·stride + j·step`.
struct Phase {
    int first, count, tap, taps, origin;
};

// With stride s, dilation d and leading padding p, output element i of a convolution meets element i·s + t·d − p under tap t. Of
// the input gradient, element i meets (i + p − t·d)/s where that has no remainder: for remainder r = (i + p) mod s these are the
// taps t ≡ tap (mod period), period = s/gcd(s, d), with t·d ≡ r (mod s). So nothing is multiplied by the zeros that an
// upsampled gradient would hold.
struct Axis {
    int source;     // elements to read
    int out;        // elements to write
    int window;     // taps
    int every;      // phases: 1, or s of an input gradient
    int period;     // 1, or s/gcd(s, d)
    int stride;     // s, or 1
    int step;       // d, or −d/gcd(s, d)
    int dilation;   // d
    int padding;    // p
    int isAdjoint;  // whether this is an input gradient

    // Of the phase that element i of the output is in.
    __device__ __forceinline__ int remainder(int i) const { return isAdjoint ? (i + padding) % every : 0; }

    __device__ __forceinline__ Phase phase(int remainder) const {
        if (!isAdjoint) return {0, out, 0, window, -padding};
        int first = ((remainder - padding) % every + every) % every;
        int count = first < out ? (out - 1 - first) / every + 1 : 0;
        int tap = 0;
        while (tap < period && tap * dilation % every != remainder) ++tap;
        bool meets = tap < period && tap < window;
        int taps = meets ? (window - 1 - tap) / period + 1 : 0;
        return {first, count, tap, taps, meets ? (first + padding - tap * dilation) / every : 0};
    }
};
