package dev.backlight.kernels.cuda.vendor;

import java.util.List;

/** cuDNN's convolutions. Addresses are of device memory; work goes into the stream that the library was opened with. */
public interface Dnn {
    /** For people: the library's version and how it is called. */
    String description();

    /** The convolution in cuDNN's own terms, kept for its repetition. */
    Plan plan(ConvolutionShape shape);

    /** What is computed from what. */
    enum Role {
        /** y from x and w. */
        FORWARD("cudnnConvolutionForward"),
        /** x from w and y. */
        INPUT_GRADIENT("cudnnConvolutionBackwardData"),
        /** w from x and y. */
        WEIGHT_GRADIENT("cudnnConvolutionBackwardFilter");

        /** The function that computes it. */
        final String function;

        Role(String function) {
            this.function = function;
        }
    }

    /**
     * Images {@code n×c×h×w}, weights {@code o×(c/groups)×kernelH×kernelW} and results {@code n×o×outH×outW}; the padding is
     * the same on opposite edges.
     */
    record ConvolutionShape(
            int n,
            int c,
            int h,
            int w,
            int o,
            int kernelH,
            int kernelW,
            int outH,
            int outW,
            int padY,
            int padX,
            int strideY,
            int strideX,
            int dilationY,
            int dilationX,
            int groups) {}

    /**
     * A way to compute a convolution.
     *
     * @param number cuDNN's number of it
     * @param bytes the workspace that it needs
     * @param deterministic whether equal inputs always give equal bits
     */
    record Algorithm(int number, long bytes, boolean deterministic) {}

    /** One convolution's descriptors. */
    interface Plan {
        /** What cuDNN would use, what it holds for the fastest first; empty when it does not know the case. */
        List<Algorithm> algorithms(Role role);

        /** Computes what the role says from the two others. */
        void run(Role role, Algorithm algorithm, long x, long w, long y, long workspace);
    }
}
