package dev.backlight.models.onnx.pass;

import dev.backlight.engine.io.NamedArray;
import dev.backlight.models.onnx.graph.Node;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * {@code k·x + d} with a k and a d for each channel, which axis 1 counts: what BatchNormalization with stored statistics
 * computes, and Mul, Div, Add and Sub by constants.
 *
 * @param data which input of the node is x
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PerChannel(int data, double[] scale, double[] shift) {
    private static final double EPSILON = 1e-5;

    /**
     * What a node does to each channel, where it is of this kind and all its numbers are known.
     *
     * @param rank of x
     * @param channels of x
     */
    static Optional<PerChannel> of(Node node, Map<String, NamedArray> constants, int rank, int channels) {
        if (!node.domain().isEmpty()) {
            return Optional.empty();
        }
        return switch (node.opType()) {
            case "BatchNormalization" -> normalisation(node, constants, channels);
            case "Mul", "Add" ->
                arithmetic(node, constants, 1, rank, channels).or(() -> arithmetic(node, constants, 0, rank, channels));
            case "Sub" ->
                arithmetic(node, constants, 1, rank, channels).or(() -> arithmetic(node, constants, 0, rank, channels));
            case "Div" -> arithmetic(node, constants, 1, rank, channels);
            default -> Optional.empty();
        };
    }

    boolean isShifted() {
        return Arrays.stream(shift).anyMatch(value -> value != 0);
    }

    private static Optional<PerChannel> normalisation(Node norm, Map<String, NamedArray> constants, int channels) {
        boolean isKnown = !norm.attributes().flag("training_mode", false)
                && norm.attributes().flag("spatial", true)
                && norm.inputs().size() == 5
                && norm.outputs().stream().skip(1).allMatch(String::isEmpty)
                && norm.inputs().stream()
                        .skip(1)
                        .allMatch(name -> constants.containsKey(name)
                                && constants.get(name).size() == channels);
        if (!isKnown) {
            return Optional.empty();
        }
        double[][] numbers = norm.inputs().stream()
                .skip(1)
                .map(name -> numbers(constants, name))
                .toArray(double[][]::new);
        double epsilon = norm.attributes().real("epsilon", EPSILON);
        double[] scale = new double[channels];
        double[] shift = new double[channels];
        for (int i = 0; i < channels; i++) {
            scale[i] = numbers[0][i] / Math.sqrt(numbers[3][i] + epsilon);
            shift[i] = numbers[1][i] - numbers[2][i] * scale[i];
        }
        return Optional.of(new PerChannel(0, scale, shift));
    }

    /** With input {@code constant} as the numbers, which broadcast along all axes but the channels'. */
    private static Optional<PerChannel> arithmetic(
            Node node, Map<String, NamedArray> constants, int constant, int rank, int channels) {
        NamedArray numbers = constants.get(node.inputs().get(constant));
        boolean isLegacy = node.attributes().has("axis") || node.attributes().has("broadcast");
        if (isLegacy || numbers == null || !isPerChannel(numbers, rank, channels)) {
            return Optional.empty();
        }
        double[] scale = new double[channels];
        double[] shift = new double[channels];
        for (int i = 0; i < channels; i++) {
            double value = numbers.doubleAt(numbers.size() == 1 ? 0 : i);
            boolean isMinuend = node.opType().equals("Sub") && constant == 0;
            scale[i] = switch (node.opType()) {
                case "Mul" -> value;
                case "Div" -> 1 / value;
                default -> isMinuend ? -1 : 1;
            };
            shift[i] = switch (node.opType()) {
                case "Add" -> value;
                case "Sub" -> isMinuend ? value : -value;
                default -> 0;
            };
        }
        return Optional.of(new PerChannel(1 - constant, scale, shift));
    }

    private static boolean isPerChannel(NamedArray numbers, int rank, int channels) {
        int[] sizes = numbers.shape().sizes();
        int first = rank - sizes.length;
        for (int i = 0; i < sizes.length; i++) {
            boolean fits = sizes[i] == 1 || (first + i == 1 && sizes[i] == channels);
            if (first < 0 || !fits) {
                return false;
            }
        }
        return numbers.dtype().isFloating();
    }

    private static double[] numbers(Map<String, NamedArray> constants, String name) {
        NamedArray array = constants.get(name);
        return array == null ? new double[0] : array.doubles();
    }
}
