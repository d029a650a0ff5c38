package dev.backlight.models.onnx.pass;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.onnx.graph.Node;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * The weights of a Conv ({@code O×(I/groups)×…}), ConvTranspose ({@code I×(O/groups)×…}) or Gemm, and which input and output
 * channel each element connects.
 */
final class LinearWeights {
    private final Node node;
    private final NamedArray array;
    private final int groups;
    private final int second;
    private final int taps;

    LinearWeights(Node node, NamedArray array) {
        this.node = node;
        this.array = array;
        int[] sizes = array.shape().sizes();
        this.groups = isGemm() ? 1 : Math.max(1, node.attributes().integer("group", 1));
        this.second = sizes[1];
        this.taps = (int) Shape.of(Arrays.copyOfRange(sizes, 2, sizes.length)).elements();
    }

    private boolean isGemm() {
        return node.opType().equals("Gemm");
    }

    /** Whether the first axis counts outputs rather than inputs. */
    private boolean isOutputFirst() {
        return isGemm()
                ? node.attributes().flag("transB", false)
                : node.opType().equals("Conv");
    }

    int rank() {
        return array.shape().rank();
    }

    int outputs() {
        return isOutputFirst() ? array.shape().size(0) : second * groups;
    }

    int inputs() {
        return isOutputFirst() ? second * groups : array.shape().size(0);
    }

    private int outputOf(int element) {
        return isOutputFirst() ? first(element) : within(element);
    }

    private int inputOf(int element) {
        return isOutputFirst() ? within(element) : first(element);
    }

    private int first(int element) {
        return element / (second * taps);
    }

    /** The channel that the second axis counts, of the group that the first lies in. */
    private int within(int element) {
        int perGroup = Math.max(1, array.shape().size(0) / groups);
        return first(element) / perGroup * second + element / taps % second;
    }

    /** {@code k·(W·x) = (k·W)·x}. */
    NamedArray scaledOutputs(double... factors) {
        return scaled(this::outputOf, factors);
    }

    /** {@code W·(k·x) = (W·k)·x}. */
    NamedArray scaledInputs(double... factors) {
        return scaled(this::inputOf, factors);
    }

    /** Adds {@code W·d} to a bias, for an input that is d everywhere. */
    void addResponse(double[] bias, double... input) {
        for (int i = 0; i < array.size(); i++) {
            bias[outputOf(i)] += array.doubleAt(i) * input[inputOf(i)];
        }
    }

    /** An array of these weights' name and precision. */
    private NamedArray scaled(IntUnaryOperator channel, double... factors) {
        double[] values = new double[array.size()];
        Arrays.setAll(values, i -> array.doubleAt(i) * factors[channel.applyAsInt(i)]);
        return narrowed(array.name(), array.shape(), values);
    }

    NamedArray narrowed(String name, Shape shape, double... values) {
        NamedArray wide = NamedArray.of(name, shape, values);
        return array.dtype() == DType.F64 ? wide : NamedArray.of(name, shape, wide.floats());
    }
}
