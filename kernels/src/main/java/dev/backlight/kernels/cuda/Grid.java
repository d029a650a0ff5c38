package dev.backlight.kernels.cuda;

import dev.backlight.engine.shape.DeviceException;

/** How many blocks along each axis, and how many threads in each block. */
record Grid(int x, int y, int z, int threads) {
    private static final int MOST_ALONG_Y_AND_Z = 65_535;

    Grid {
        if (x < 1 || y < 1 || z < 1 || y > MOST_ALONG_Y_AND_Z || z > MOST_ALONG_Y_AND_Z || threads < 1) {
            throw new DeviceException("a grid of " + x + "×" + y + "×" + z + " blocks with " + threads
                    + " threads cannot be launched; use a smaller batch or image");
        }
    }

    /** Blocks along x enough for every element when each thread takes {@code perThread} of them. */
    static Grid linear(long elements, int perThread, int threads) {
        long perBlock = (long) perThread * threads;
        long blocks = Math.max(1, (elements + perBlock - 1) / perBlock);
        if (blocks > Integer.MAX_VALUE) {
            throw new DeviceException(
                    elements + " elements are more than one launch covers; use a smaller batch or image");
        }
        return new Grid((int) blocks, 1, 1, threads);
    }
}
