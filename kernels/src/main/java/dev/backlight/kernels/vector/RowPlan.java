package dev.backlight.kernels.vector;

import java.util.ArrayList;
import java.util.List;

/**
 * How the rows of a product are cut into register tiles: full tiles of the tallest shape, then the shortest one that holds the
 * rest. The last tile may reach past the rows; what it computes there is dropped.
 */
final class RowPlan {
    private static final Tile[] SHAPES = shapes(Lanes.FLOAT.vectorBitSize());

    private final int rows;
    private final Tile[] tiles;
    private final int[] starts;

    RowPlan(int rows) {
        this.rows = rows;
        List<Tile> chosen = new ArrayList<>();
        for (int left = rows; left > 0; left -= chosen.getLast().rows()) {
            chosen.add(shapeFor(left));
        }
        tiles = chosen.toArray(Tile[]::new);
        starts = new int[tiles.length + 1];
        for (int t = 0; t < tiles.length; t++) {
            starts[t + 1] = starts[t] + tiles[t].rows();
        }
    }

    /** Tallest first. */
    private static Tile[] shapes(int bits) {
        return switch (bits) {
            case 512 -> new Tile[] {new Tile12x2(), new Tile8x2(), new Tile4x2()};
            case 256 -> new Tile[] {new Tile6x2(), new Tile4x2()};
            default -> new Tile[] {new Tile4x2()};
        };
    }

    private static Tile shapeFor(int rows) {
        Tile best = SHAPES[0];
        for (Tile shape : SHAPES) {
            if (shape.rows() >= rows) {
                best = shape;
            }
        }
        return best;
    }

    int rows() {
        return rows;
    }

    int tiles() {
        return tiles.length;
    }

    Tile tile(int t) {
        return tiles[t];
    }

    /** First row of tile {@code t}; {@code start(tiles())} is the number of rows including the overhang. */
    int start(int t) {
        return starts[t];
    }

    /** Rows of tile {@code t} that exist. */
    int live(int t) {
        return Math.min(tiles[t].rows(), rows - starts[t]);
    }

    int paddedRows() {
        return starts[tiles.length];
    }
}
