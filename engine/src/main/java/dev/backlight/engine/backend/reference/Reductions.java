package dev.backlight.engine.backend.reference;

import dev.backlight.engine.backend.Primitive;
import java.util.Arrays;

final class Reductions {
    private Reductions() {}

    static void reduce(Primitive.Reduction reduction, Values in, Values out) {
        int[] to = Offsets.broadcast(out.shape(), in.shape());
        switch (reduction) {
            case SUM -> {}
            case MAX -> Arrays.fill(out.data(), Double.NEGATIVE_INFINITY);
            case MIN -> Arrays.fill(out.data(), Double.POSITIVE_INFINITY);
        }
        for (int i = 0; i < in.data().length; i++) {
            double value = in.data()[i];
            double before = out.data()[to[i]];
            out.data()[to[i]] = switch (reduction) {
                case SUM -> before + value;
                case MAX -> Math.max(before, value);
                case MIN -> Math.min(before, value);
            };
        }
    }

    static void argMax(int axis, Values in, Values out) {
        int at = in.shape().axis(axis);
        int stride = (int) in.shape().strides()[at];
        int size = in.size(at);
        for (int i = 0; i < out.data().length; i++) {
            int start = i / stride * stride * size + i % stride;
            int best = 0;
            for (int k = 1; k < size; k++) {
                if (in.data()[start + k * stride] > in.data()[start + best * stride]) {
                    best = k;
                }
            }
            out.data()[i] = best;
        }
    }
}
