package dev.backlight.attribution.render;

import java.util.Arrays;

/**
 * One real number per cell of a grid of {@code height} rows and {@code width} columns, row by row: what an attribution
 * map is once it has left the device. Immutable. Values may be NaN or infinite; {@link Normalisation} says what then
 * happens.
 */
public final class ScalarField {
    private final int height;
    private final int width;
    private final float[] values;

    private ScalarField(int height, int width, float[] values) {
        this.height = height;
        this.width = width;
        this.values = values;
    }

    /**
     * A field over a copy of {@code values}.
     *
     * @param height rows, at least 1
     * @param width columns, at least 1
     * @param values {@code height × width} numbers, row by row
     * @throws IllegalArgumentException when the count does not fit the shape
     */
    public static ScalarField of(int height, int width, float[] values) {
        if (height < 1 || width < 1 || (long) height * width != values.length) {
            throw new IllegalArgumentException(
                    "A map of %d × %d needs as many values, but %d were given; pass height × width values row by row."
                            .formatted(height, width, values.length));
        }
        return new ScalarField(height, width, values.clone());
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    /** The number in row {@code y}, column {@code x}. */
    public float at(int y, int x) {
        return values[y * width + x];
    }

    /** A copy of the numbers, row by row. */
    public float[] values() {
        return values.clone();
    }

    /** How many cells are NaN or infinite. */
    public int nonFiniteCount() {
        int count = 0;
        for (float value : values) {
            count += Float.isFinite(value) ? 0 : 1;
        }
        return count;
    }

    /**
     * The number at the real position ({@code y}, {@code x}) in cell units, cell centres lying at ½, 1½, …: bilinear
     * between the four nearest centres, constant beyond the outermost ones. A NaN cell takes no part (the other weights
     * are scaled up), so the result is NaN only where all four are.
     */
    public double sample(double y, double x) {
        double cy = Math.clamp(y - 0.5, 0, height - 1);
        double cx = Math.clamp(x - 0.5, 0, width - 1);
        int y0 = (int) cy;
        int x0 = (int) cx;
        double fy = cy - y0;
        double fx = cx - x0;
        double sum = 0;
        double weights = 0;
        for (int corner = 0; corner < 4; corner++) {
            int dy = corner >> 1;
            int dx = corner & 1;
            double weight = (dy == 0 ? 1 - fy : fy) * (dx == 0 ? 1 - fx : fx);
            double value = at(Math.min(y0 + dy, height - 1), Math.min(x0 + dx, width - 1));
            if (weight > 0 && !Double.isNaN(value)) {
                sum += weight * value;
                weights += weight;
            }
        }
        return weights == 0 ? Double.NaN : sum / weights;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScalarField field
                && height == field.height
                && width == field.width
                && Arrays.equals(values, field.values);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * height + width) + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "ScalarField[" + height + " × " + width + "]";
    }
}
