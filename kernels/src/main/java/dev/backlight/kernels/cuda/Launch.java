package dev.backlight.kernels.cuda;

/**
 * One run of a kernel: everything that the device needs to know, so that it can be part of a graph.
 *
 * @param sharedBytes dynamic shared memory per block
 */
record Launch(Kernel kernel, Grid grid, int sharedBytes, Arguments arguments) {}
