package dev.backlight.kernels.vector;

import java.util.Arrays;

/**
 * One axis of a sliding product: position j under tap t reads source element {@code (j + shift[t]) · stride + phase[t]}, or
 * zero outside the source. A strided axis is split into its phases, in each of which neighbours in j are neighbours in memory.
 *
 * @param source the size of the source
 * @param positions how many positions there are
 * @param taps which taps of the window the axis covers, for the caller's use
 */
record TapAxis(int source, int positions, int stride, int[] taps, int[] phase, int[] shift) {
    /** The axis of a convolution with the given padding before the first element. */
    static TapAxis forward(int source, int positions, int window, int stride, int dilation, int padding) {
        int[] taps = new int[window];
        int[] phase = new int[window];
        int[] shift = new int[window];
        for (int t = 0; t < window; t++) {
            taps[t] = t;
            phase[t] = Math.floorMod(t * dilation - padding, stride);
            shift[t] = Math.floorDiv(t * dilation - padding, stride);
        }
        return new TapAxis(source, positions, stride, taps, phase, shift);
    }

    /**
     * The axis of a convolution's input gradient for the elements {@code first + j · stride}: position j reads the upstream
     * gradient wherever a tap of the forward window fell on that element. There may be no such tap.
     */
    static TapAxis adjoint(int upstream, int positions, int first, int window, int stride, int dilation, int padding) {
        int[] taps = new int[window];
        int[] shift = new int[window];
        int count = 0;
        for (int t = 0; t < window; t++) {
            int displacement = first + padding - t * dilation;
            if (Math.floorMod(displacement, stride) == 0) {
                taps[count] = t;
                shift[count++] = Math.floorDiv(displacement, stride);
            }
        }
        return new TapAxis(
                upstream, positions, 1, Arrays.copyOf(taps, count), new int[count], Arrays.copyOf(shift, count));
    }

    /** The phases that occur, ascending. */
    int[] phases() {
        return Arrays.stream(phase).distinct().sorted().toArray();
    }

    /** How many elements of the source a phase holds. */
    int length(int phase) {
        return Math.max(0, Math.ceilDiv(source - phase, stride));
    }

    /** Zeros to be put before a phase's elements. */
    int lead() {
        return Math.max(0, -Arrays.stream(shift).min().orElse(0));
    }

    /** How many elements, with the leading zeros, the positions reach. */
    int extent() {
        return lead() + Arrays.stream(shift).max().orElse(0) + positions;
    }

    /** Trailing zeros that can be the next row's leading ones. */
    int shared() {
        int shared = lead();
        for (int p : phases()) {
            shared = Math.min(shared, extent() - lead() - length(p));
        }
        return Math.max(0, shared);
    }
}
