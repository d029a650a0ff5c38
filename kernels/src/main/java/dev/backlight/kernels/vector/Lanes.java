package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this process: the machine's preferred one, or the number of bits in the system property {@value #BITS}
 * (128, 256 or 512), which lets tests hold the kernels to the same results at every width. The species must be constants:
 * C2 compiles vector code to instructions only for a species that it can fold.
 */
final class Lanes {
    static final String BITS = "backlight.vector.bits";

    private static final VectorShape SHAPE = shape();

    static final VectorSpecies<Float> FLOAT = VectorSpecies.of(float.class, SHAPE);
    static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
    static final VectorSpecies<Long> LONG = VectorSpecies.of(long.class, SHAPE);
    static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SHAPE);

    /** Columns of a register tile: two vectors. */
    static final int PANEL = 2 * FLOAT.length();

    private Lanes() {}

    /**
     * The sum of all lanes in one fixed order. (The order of {@code reduceLanes(ADD)} is unspecified and may differ between
     * the interpreter and compiled code.)
     */
    static float sum(FloatVector v) {
        float[] lanes = Scratch.LANES.floats(FLOAT.length());
        v.intoArray(lanes, 0);
        for (int half = FLOAT.length() / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }

    private static VectorShape shape() {
        Integer bits = Integer.getInteger(BITS);
        return bits == null ? FloatVector.SPECIES_PREFERRED.vectorShape() : VectorShape.forBitSize(bits);
    }
}
