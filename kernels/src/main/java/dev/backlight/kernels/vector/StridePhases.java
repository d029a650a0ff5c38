package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.Parallel;
import java.util.Arrays;

/**
 * A convolution's input gradient by the phases of its stride: the elements at rows y, y + strideY, … and columns x,
 * x + strideX, … are a convolution of stride 1. With a stride, no window may see some elements at all; so all begin as 0, and
 * the epilogue passes over them at the end.
 *
 * @param side how many channels lie side by side
 */
record StridePhases(Parallel parallel, ConvolutionShape shape, int side) {
    /** Computes the elements of a phase and puts them through an epilogue. */
    @FunctionalInterface
    interface Phase {
        void run(int y, int x, Epilogue epilogue);
    }

    /** {@link Epilogue#store} or {@link NchwcEpilogue#store}. */
    @FunctionalInterface
    interface Store {
        void run(float[] from, int at, int channel, float[] out, int start, int to, int positions);
    }

    /** @param store of that epilogue */
    void run(Span dx, Epilogue epilogue, Phase phase, Store store) {
        WindowGeometry g = shape.window();
        boolean inOnePass = g.strideY() == 1 && g.strideX() == 1;
        int planes = shape.batch() * shape.channels() / side, size = shape.plane() * side;
        if (!inOnePass) {
            parallel.forEach(planes, i -> {
                int from = dx.at() + i * size;
                Arrays.fill(dx.data(), from, from + size, 0);
            });
        }
        for (int y = 0; y < Math.min(g.strideY(), shape.height()); y++) {
            for (int x = 0; x < Math.min(g.strideX(), shape.width()); x++) {
                phase.run(y, x, inOnePass ? epilogue : Epilogue.NONE);
            }
        }
        if (!inOnePass && !epilogue.equals(Epilogue.NONE)) {
            parallel.forEach(planes, i -> {
                int at = dx.at() + i * size;
                store.run(dx.data(), at, channel(i), dx.data(), dx.at(), at, shape.plane());
            });
        }
    }

    /** The channel of a plane, or the first of a block: plain images come one after the other, and so do blocks of all. */
    private int channel(int plane) {
        return side == 1 ? plane % shape.channels() : plane / shape.batch() * side;
    }
}
