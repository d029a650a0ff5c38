package dev.backlight.models.onnx.operator;

import dev.backlight.engine.shape.ShapeException;

/** What a file may ask for: sizes that follow from its numbers are checked here before anything is allocated. */
public final class Limits {
    /** Tables of indices and their tensors take at most three times eight bytes for each element. */
    private static final int BYTES = 32;

    private Limits() {}

    /**
     * A number of elements that an array can have and the heap hold.
     *
     * @throws ShapeException where it is negative or larger
     */
    public static int elements(long count) {
        long most = Math.min(Integer.MAX_VALUE - 8, Runtime.getRuntime().maxMemory() / BYTES);
        if (count < 0 || count > most) {
            throw new ShapeException("asks for " + count + " elements, but at most " + most
                    + " fit the Java heap; if the model is sound, raise the heap with -Xmx");
        }
        return (int) count;
    }

    /** The product of two sizes, as {@link #elements(long)}. */
    public static int elements(long rows, long columns) {
        return elements(
                rows != 0 && Math.abs(columns) > Long.MAX_VALUE / Math.abs(rows) ? Long.MAX_VALUE : rows * columns);
    }
}
