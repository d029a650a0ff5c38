package dev.backlight.engine.backend.reference;

import dev.backlight.engine.backend.Primitive;

final class Softmax {
    private Softmax() {}

    static void compute(Primitive.Softmax softmax, Values in, Values out) {
        int axis = in.shape().axis(softmax.axis());
        int stride = (int) in.shape().strides()[axis];
        int size = in.size(axis);
        int rows = in.data().length / Math.max(1, size);
        for (int row = 0; row < rows; row++) {
            int first = row / stride * stride * size + row % stride;
            row(softmax.logarithm(), in.data(), out.data(), first, stride, size);
        }
    }

    private static void row(boolean logarithm, double[] x, double[] y, int first, int stride, int size) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < size; k++) {
            largest = Math.max(largest, x[first + k * stride]);
        }
        double sum = 0;
        for (int k = 0; k < size; k++) {
            sum += Math.exp(x[first + k * stride] - largest);
        }
        for (int k = 0; k < size; k++) {
            int at = first + k * stride;
            y[at] = logarithm ? x[at] - largest - Math.log(sum) : Math.exp(x[at] - largest) / sum;
        }
    }
}
