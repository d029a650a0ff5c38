package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import java.util.Optional;

/**
 * Which convolutions are computed by minimal filtering. The choice is made from the sizes alone, never from a timing or the
 * machine, so that the same network gives the same bits on every run. It compares counts of work on vectors of 16 channels; the
 * constants were fitted to the times of layers of ResNets, DenseNet-121 and VGG-16 in channel blocks, at batch 1, 2 and 8 with
 * weights that come from memory, on two cores (AMD Zen 5, AVX-512), each of which begins two multiply-adds of vectors in a
 * cycle. Cycles are those of one core. Layers with fewer channels on either side than a vector has, pictures among them, are
 * computed directly: the transforms would cost more than the products.
 */
final class WinogradChoice {
    private static final int VECTOR = 16;

    /** Cycles for a multiply-add of a vector at a tile: tiles are few, and seldom divide into whole register tiles. */
    private static final double PRODUCT = 0.67;

    /** The same at a pixel. */
    private static final double DIRECT_PRODUCT = 0.55;

    /** Cycles for a vector of packed weights besides its products. */
    private static final double WEIGHT = 12;

    /** Least cycles for a vector of packed weights: loading it takes that long, which few products cannot hide. */
    private static final double FETCH = 18;

    /** Cycles for a vector of channels at a pixel: padding it. */
    private static final double PADDING = 21;

    /** Gains below a sixth do not pay for the memory of the transformed weights and the larger rounding errors. */
    private static final double GAIN = 5.0 / 6;

    /** Cycles for the transforms of a tile, per vector of channels in and out. */
    private record TransformCost(double in, double out) {}

    private static final TransformCost COST_4 = new TransformCost(600, 480);
    private static final TransformCost COST_2 = new TransformCost(150, 120);

    private WinogradChoice() {}

    /** The tile for the convolution itself, if any. */
    static Optional<WinogradTile> forward(ConvolutionShape s) {
        return isPossible(s) ? choose(Winograd.Sizes.forward(s)) : Optional.empty();
    }

    /** The tile for the input gradient, if any. */
    static Optional<WinogradTile> adjoint(ConvolutionShape s) {
        return isPossible(s) ? choose(Winograd.Sizes.adjoint(s)) : Optional.empty();
    }

    private static boolean isPossible(ConvolutionShape s) {
        WindowGeometry g = s.window();
        boolean threeByThree = g.height() == 3 && g.width() == 3;
        boolean dense = g.strideY() == 1 && g.strideX() == 1 && g.dilationY() == 1 && g.dilationX() == 1;
        return threeByThree
                && dense
                && s.groups() == 1
                && s.channels() >= VECTOR
                && s.filters() >= VECTOR
                && g.padTop() <= 2
                && g.padLeft() <= 2;
    }

    private static Optional<WinogradTile> choose(Winograd.Sizes s) {
        double four = minimal(s, new WinogradTile4(), COST_4);
        double two = minimal(s, new WinogradTile2(), COST_2);
        if (Math.min(four, two) > GAIN * direct(s)) {
            return Optional.empty();
        }
        return Optional.of(four <= two ? new WinogradTile4() : new WinogradTile2());
    }

    private static double direct(Winograd.Sizes s) {
        double pixels = (double) s.batch() * s.outHeight() * s.outWidth();
        return product(s, 9, DIRECT_PRODUCT * pixels) + pixels * s.inputs() * PADDING / VECTOR;
    }

    private static double minimal(Winograd.Sizes s, WinogradTile tile, TransformCost cost) {
        int m = tile.outputs();
        double tiles = (double) s.batch() * Math.ceilDiv(s.outHeight(), m) * Math.ceilDiv(s.outWidth(), m);
        double transforms = tiles * (s.inputs() * cost.in + s.outputs() * cost.out) / VECTOR;
        return product(s, tile.products(), PRODUCT * tiles) + transforms;
    }

    /** Each vector of weights, of which a pair of channels has so many numbers, takes {@code cycles} for its multiply-adds. */
    private static double product(Winograd.Sizes s, int numbers, double cycles) {
        double weights = (double) numbers * s.inputs() * s.outputs() / VECTOR;
        return weights * Math.max(FETCH, cycles + WEIGHT);
    }
}
