package dev.backlight.kernels.sweep;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.HostBackend;
import dev.backlight.engine.shape.DType;
import dev.backlight.kernels.sweep.SweepCase.Bound;
import java.util.Arrays;
import java.util.List;

/** The bounds that kinds of primitives state. ε is half the distance between 1 and the next number: 2⁻²⁴ or 2⁻⁵³. */
final class Bounds {
    /** The same number. */
    static final Bound EXACT = (one, expected) -> new double[expected.length];

    private Bounds() {}

    static double epsilon(DType dtype) {
        return dtype == DType.F64 ? 0x1p-53 : 0x1p-24;
    }

    /** {@code relative·|expected| + absolute}. */
    static Bound near(double relative, double absolute) {
        return (one, expected) -> Arrays.stream(expected)
                .map(value -> relative * Math.abs(value) + absolute)
                .toArray();
    }

    /** {@code factor·ε·Σ|terms|}, of each sum of products that the primitive computes. */
    static Bound terms(double factor) {
        return (one, expected) -> scaled(magnitudes(one), factor * epsilon(one.dtype()));
    }

    /** {@code factor·ε·max Σ|terms|}, for forms that mix neighbouring sums. */
    static Bound largestTerms(double factor) {
        return (one, expected) -> {
            double largest = Arrays.stream(magnitudes(one)).max().orElse(0);
            double[] bounds = new double[expected.length];
            Arrays.fill(bounds, factor * epsilon(one.dtype()) * largest);
            return bounds;
        };
    }

    /** What a primitive without negative coefficients makes of its operands' absolute values. */
    static double[] magnitudes(SweepCase one) {
        return one.reference(one.inputs().stream().map(Bounds::absolute).toList());
    }

    static double[] scaled(double[] values, double factor) {
        return Arrays.stream(values).map(value -> value * factor).toArray();
    }

    private static DeviceArray absolute(DeviceArray array) {
        double[] values = Draw.read(array);
        Arrays.setAll(values, i -> Math.abs(values[i]));
        return of(array.dtype(), array, values);
    }

    /** An array like another, with these values. */
    static DeviceArray of(DType dtype, DeviceArray like, double[] values) {
        DeviceArray array = SweepCase.REFERENCE.allocate(dtype, like.shape());
        int at = HostBackend.offset(array);
        for (int i = 0; i < values.length; i++) {
            switch (dtype) {
                case F32 -> HostBackend.floats(array)[at + i] = (float) values[i];
                case F64 -> HostBackend.doubles(array)[at + i] = values[i];
                case I64 -> HostBackend.longs(array)[at + i] = (long) values[i];
            }
        }
        return array;
    }

    static List<DeviceArray> with(List<DeviceArray> arrays, int index, DeviceArray other) {
        DeviceArray[] changed = arrays.toArray(DeviceArray[]::new);
        changed[index] = other;
        return List.of(changed);
    }
}
