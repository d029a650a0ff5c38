package dev.backlight.kernels.sweep;

/** How much of the sweep is run. */
public enum Extent {
    /** All cases, layers of the sizes of networks among them. */
    FULL(1),
    /** A third of the cases, but all of kinds with few, and no large layers: for devices that are emulated. */
    SMALL(3);

    private static final int FEW = 100;

    private final int divisor;

    Extent(int divisor) {
        this.divisor = divisor;
    }

    int cases(Kind kind) {
        return Math.min(kind.cases, Math.max(FEW, kind.cases / divisor));
    }
}
