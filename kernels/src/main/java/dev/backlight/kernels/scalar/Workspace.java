package dev.backlight.kernels.scalar;

import java.util.ArrayList;
import java.util.List;

/** Arrays of one length for the loops of a thread, kept between calls. */
final class Workspace {
    private static final ThreadLocal<Workspace> PANEL = ThreadLocal.withInitial(() -> new Workspace(Product.COLUMNS));
    private static final ThreadLocal<Workspace> LEFT = ThreadLocal.withInitial(() -> new Workspace(Product.DEPTH));
    private static final ThreadLocal<Workspace> SUMS = ThreadLocal.withInitial(() -> new Workspace(Product.COLUMNS));
    private static final ThreadLocal<Workspace> LINKS = ThreadLocal.withInitial(() -> new Workspace(Chains.BLOCK));

    private final int length;
    private final List<float[]> arrays = new ArrayList<>();

    private Workspace(int length) {
        this.length = length;
    }

    static float[][] panel() {
        return PANEL.get().arrays(Product.DEPTH);
    }

    static float[][] left() {
        return LEFT.get().arrays(Product.ROWS);
    }

    static float[][] sums() {
        return SUMS.get().arrays(Product.TILE);
    }

    static float[][] links(int count) {
        return LINKS.get().arrays(count);
    }

    private float[][] arrays(int count) {
        while (arrays.size() < count) {
            arrays.add(new float[length]);
        }
        return arrays.subList(0, count).toArray(float[][]::new);
    }
}
