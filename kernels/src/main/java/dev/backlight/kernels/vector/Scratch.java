package dev.backlight.kernels.vector;

import java.lang.ref.SoftReference;
import java.util.EnumMap;
import java.util.Map;

/**
 * Working arrays of a thread, kept between calls so that kernels allocate nothing once warm, until memory runs short. A slot
 * is in use by at most one kernel at a time: slots written before a parallel loop and read in it belong to the caller, the
 * others to the thread that runs a chunk.
 */
enum Scratch {
    /** The caller's packed weights, or left operand. */
    ROWS,
    /** The caller's padded images; in loops whose caller has none, a chunk's transformed or padded ones. */
    IMAGE,
    /** The caller's partial sums, outputs of products, or packed rows. */
    PARTIALS,
    /** A chunk's packed right operand. */
    PANELS,
    /** A chunk's tiles of the product. */
    TILES,
    /** A chunk's lines of pixels. */
    LINES,
    /** The lanes of one vector. */
    LANES;

    private static final ThreadLocal<Map<Scratch, SoftReference<float[]>>> ARRAYS =
            ThreadLocal.withInitial(() -> new EnumMap<>(Scratch.class));

    /** An array of at least {@code size} elements with arbitrary content. */
    float[] floats(int size) {
        Map<Scratch, SoftReference<float[]>> arrays = ARRAYS.get();
        SoftReference<float[]> kept = arrays.get(this);
        float[] array = kept == null ? null : kept.get();
        if (array == null || array.length < size) {
            array = new float[size];
            arrays.put(this, new SoftReference<>(array));
        }
        return array;
    }
}
