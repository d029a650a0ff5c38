package dev.backlight.models.onnx.graph;

import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * What a file says about an input or output of the graph.
 *
 * @param dtype the type its elements are computed in, where the file states one that Backlight knows
 * @param dimensions its axes, where the file states their number
 */
public record ValueInfo(String name, Optional<DType> dtype, Optional<List<Dimension>> dimensions) {
    public ValueInfo {
        dimensions = dimensions.map(List::copyOf);
    }

    /** The size of an axis: a number, or a symbol (possibly empty) that is bound when the model runs. */
    public record Dimension(OptionalInt size, String symbol) {
        @Override
        public String toString() {
            return size.isPresent() ? Integer.toString(size.getAsInt()) : symbol.isEmpty() ? "?" : symbol;
        }
    }

    /** Whether a tensor of this shape has the rank and all the sizes that the file fixes. */
    public boolean admits(Shape shape) {
        if (dimensions.isEmpty()) {
            return true;
        }
        List<Dimension> stated = dimensions.get();
        if (stated.size() != shape.rank()) {
            return false;
        }
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (stated.get(axis).size().orElse(shape.size(axis)) != shape.size(axis)) {
                return false;
            }
        }
        return true;
    }

    /** For example {@code input: batch×3×224×224}. */
    @Override
    public String toString() {
        return name + ": "
                + dimensions
                        .map(stated -> stated.stream().map(Dimension::toString).collect(Collectors.joining("×")))
                        .orElse("any shape");
    }
}
