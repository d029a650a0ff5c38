package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.kernels.common.ConvolutionShape;
import java.util.Optional;

/**
 * Which convolutions are computed by minimal filtering. The choice is made from the sizes alone, never from a timing or the
 * machine, so that the same network gives the same bits on every run. It compares counts of work in vectors of 16 elements;
 * the constants were fitted to the times of the layers of ResNet-18, DenseNet-121 and CIFAR networks on one core (AMD Zen 4,
 * AVX-512), where a multiply-add of the register tile is about one cycle.
 */
final class WinogradChoice {
    private static final int VECTOR = 16;

    /** Cycles for a multiply-add of a vector, with what keeps the tile from its peak. */
    private static final double PRODUCT = 1.1;

    /** Cycles for bringing one packed weight from memory. */
    private static final double WEIGHT = 1.2;

    /** Steps that the beginning and the end of a tile's sum cost. */
    private static final int TILE_ENDS = 3;

    /** Gains below a sixth do not pay for the memory of the transformed weights and the larger rounding errors. */
    private static final double GAIN = 5.0 / 6;

    /** Cycles for a vector of tiles and for a row of tiles, per channel in and out. */
    private record TransformCost(int tilesIn, int rowIn, int tilesOut, int rowOut) {}

    private static final TransformCost COST_4 = new TransformCost(850, 450, 400, 150);
    private static final TransformCost COST_2 = new TransformCost(500, 400, 400, 200);

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
        return threeByThree && dense && s.groups() == 1 && g.padTop() <= 2 && g.padLeft() <= 2;
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
        int positions = s.outHeight() * (s.outWidth() + 1);
        return product(s, 9, 9, s.batch() * (double) Math.ceilDiv(positions, VECTOR));
    }

    private static double minimal(Winograd.Sizes s, WinogradTile tile, TransformCost cost) {
        double rows = (double) s.batch() * Math.ceilDiv(s.outHeight(), tile.outputs());
        double vectors = Math.ceil(rows * Math.ceilDiv(s.outWidth(), tile.outputs()) / VECTOR);
        double in = s.inputs() * (vectors * cost.tilesIn + rows * cost.rowIn);
        double out = s.outputs() * (vectors * cost.tilesOut + rows * cost.rowOut);
        return in + product(s, tile.products(), 1, vectors) + out;
    }

    /** The products of {@code matrices} weight matrices, or of one longer by the factor {@code taps}, with vectors of columns. */
    private static double product(Winograd.Sizes s, int matrices, int taps, double vectors) {
        double weights = (double) matrices * s.inputs() * s.outputs();
        double ends = (double) TILE_ENDS * matrices / taps * s.outputs();
        return weights * (PRODUCT * vectors + WEIGHT) + ends * PRODUCT * vectors;
    }
}
