package dev.backlight.models.weights;

import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.io.HeapBudget;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.io.Strided;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.engine.shape.Shape;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor as a pickle describes it: a strided view of a storage that lies elsewhere in the file.
 *
 * @param offset where the tensor begins in its storage, in elements
 * @param strides in elements
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TorchTensor(Storage storage, long offset, long[] sizes, long[] strides) {
    /**
     * A run of elements under a key.
     *
     * @param begin the first element that belongs to it, in elements of the keyed run
     */
    record Storage(String key, ElementType type, long begin, long elements) {}

    /** Finds the bytes of storages. */
    interface Storages {
        /** All bytes stored under the key of {@code storage}. */
        MemorySegment bytes(Storage storage);

        ByteOrder order();
    }

    /**
     * The tensor's values, row-major.
     *
     * @param where what messages begin with
     * @throws ModelFormatException where the view leaves its storage, or the storage is shorter than it says
     */
    NamedArray read(String name, Storages storages, String where, HeapBudget budget) {
        ElementType type = storage.type();
        Shape shape = budget.take("tensor " + name, type, sizes);
        long extent = checkedExtent(shape, name, where);
        MemorySegment bytes = storages.bytes(storage);
        long stored = bytes.byteSize() / type.bytes();
        // Differences, because sums of what the file states might overflow.
        if (storage.begin() > stored
                || offset > stored - storage.begin()
                || extent > stored - storage.begin() - offset) {
            throw new ModelFormatException(where + ", tensor " + name + ": expected storage " + storage.key() + " of "
                    + BigInteger.valueOf(storage.begin())
                            .add(BigInteger.valueOf(offset))
                            .add(BigInteger.valueOf(extent))
                    + " " + type + " elements, found " + bytes.byteSize() + " bytes");
        }
        long first = storage.begin() + offset;
        long scratch = Strided.isRowMajor(shape, strides) ? 0 : 16 * (extent + shape.elements());
        budget.take("tensor " + name, scratch);
        MemorySegment run = bytes.asSlice(first * type.bytes(), extent * type.bytes());
        Object values = Strided.rowMajor(type.decode(run, storages.order()), shape, strides);
        budget.giveBack(scratch);
        return new NamedArray(name, shape, type.widened(), values);
    }

    private long checkedExtent(Shape shape, String name, String where) {
        boolean negative =
                offset < 0 || storage.begin() < 0 || Arrays.stream(strides).anyMatch(stride -> stride < 0);
        long extent = -1;
        if (!negative) {
            try {
                extent = Strided.extent(shape, strides);
            } catch (ArithmeticException e) {
                extent = -1;
            }
        }
        if (extent < 0
                || extent > Integer.MAX_VALUE
                || storage.elements() < offset
                || extent > storage.elements() - offset) {
            throw new ModelFormatException(where + ", tensor " + name + ": shape " + shape + " with strides "
                    + Arrays.toString(strides) + " from element " + offset + " on leaves its storage of "
                    + storage.elements() + " elements");
        }
        return extent;
    }
}
