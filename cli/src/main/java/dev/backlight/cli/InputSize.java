package dev.backlight.cli;

import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.onnx.OnnxModel;
import dev.backlight.models.onnx.graph.ValueInfo;
import dev.backlight.models.onnx.graph.ValueInfo.Dimension;
import java.nio.file.Path;
import java.util.List;

/**
 * What an ONNX classifier takes.
 *
 * @param channels 1 or 3
 * @param side of the square in pixels; 0 where the file leaves it open
 */
record InputSize(int channels, int side) {

    /**
     * What the file states.
     *
     * @throws ModelFormatException when that is no square picture of 1 or 3 channels
     */
    static InputSize of(OnnxModel network, Path file) {
        if (network.inputs().size() != 1) {
            throw new ModelFormatException(file + " takes " + network.inputs().size()
                    + " inputs, but a classifier of pictures takes one: " + network.inputs());
        }
        ValueInfo input = network.inputs().getFirst();
        if (input.dimensions().isEmpty()) {
            return new InputSize(3, 0);
        }
        List<Dimension> axes = input.dimensions().get();
        boolean fits = axes.size() == 4 && isOneOf(axes.get(1), 1, 3) && isSquare(axes.get(2), axes.get(3));
        if (!fits) {
            throw new ModelFormatException(file + " takes the input " + input
                    + ", but expected images × channels × height × width, with 1 or 3 channels and as high as wide");
        }
        return new InputSize(axes.get(1).size().orElse(3), axes.get(2).size().orElse(0));
    }

    private static boolean isOneOf(Dimension axis, int first, int second) {
        int size = axis.size().orElse(first);
        return size == first || size == second;
    }

    private static boolean isSquare(Dimension height, Dimension width) {
        return height.size().isEmpty()
                || width.size().isEmpty()
                || height.size().equals(width.size());
    }

    /** For example {@code 3×224×224}. */
    @Override
    public String toString() {
        return side == 0 ? channels + " channels of any size" : channels + "×" + side + "×" + side;
    }
}
