package dev.backlight.engine.io;

import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;

/**
 * What one file may take of the heap: half of it, or another share. Sizes that a file states are taken from here before anything
 * is allocated, so that a damaged or hostile file ends in a sentence and not in an {@link OutOfMemoryError}.
 */
public final class HeapBudget {
    private final String file;
    private final long limit;
    private long taken;

    /** @param file the name that messages begin with */
    public HeapBudget(String file) {
        this(file, Runtime.getRuntime().maxMemory() / 2);
    }

    /**
     * Another share of the heap than half.
     *
     * @param share from 0 to 1
     */
    public static HeapBudget ofShare(String file, double share) {
        return new HeapBudget(file, (long) (share * Runtime.getRuntime().maxMemory()));
    }

    HeapBudget(String file, long limit) {
        this.file = file;
        this.limit = limit;
    }

    /**
     * Takes bytes from the budget.
     *
     * @param what the part of the file they are for
     * @throws ModelFormatException where the file has asked for more than its budget
     */
    public void take(String what, long bytes) {
        if (bytes > limit - taken) {
            throw new ModelFormatException(file + ", " + what + ": states " + bytes + " bytes, which with "
                    + taken + " before would exceed the " + limit
                    + " bytes of the Java heap that a file may take; if the file is sound, raise the heap with -Xmx");
        }
        taken += bytes;
    }

    /** Returns bytes that are no longer referred to. */
    public void giveBack(long bytes) {
        taken -= bytes;
    }

    /**
     * The shape that a file states, with the bytes of its elements taken from the budget.
     *
     * @param type how values are stored; the wider of that and their widened type is counted
     * @throws ModelFormatException where a size is negative, or there are more elements than an array or the budget holds
     */
    public Shape take(String what, ElementType type, long... sizes) {
        Shape shape = shape(what, sizes);
        take(what, shape.elements() * Math.max(type.bytes(), type.widened().bytes()));
        return shape;
    }

    /**
     * The shape that a file states, with nothing taken yet.
     *
     * @throws ModelFormatException where a size is negative, or there are more elements than an array holds
     */
    public Shape shape(String what, long... sizes) {
        long elements = Arrays.stream(sizes).anyMatch(size -> size == 0) ? 0 : 1;
        for (long size : sizes) {
            if (size < 0 || size > Integer.MAX_VALUE || elements * size > Integer.MAX_VALUE) {
                throw new ModelFormatException(file + ", " + what + ": expected a shape of at most " + Integer.MAX_VALUE
                        + " elements, found " + Arrays.toString(sizes));
            }
            elements *= size;
        }
        return Shape.of(Arrays.stream(sizes).mapToInt(Math::toIntExact).toArray());
    }
}
