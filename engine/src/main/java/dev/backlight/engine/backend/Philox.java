package dev.backlight.engine.backend;

/**
 * Philox 4×32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 * Element i of an array comes from block {@code i/4}, word {@code i%4}, so the numbers do not depend on who makes them.
 */
public final class Philox {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final double UNIT = 0x1p-24;

    private Philox() {}

    /** Four random 32-bit words of one block. */
    public static void block(long seed, long counter, int[] words) {
        int c0 = (int) counter;
        int c1 = (int) (counter >>> 32);
        int c2 = 0;
        int c3 = 0;
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < 10; round++) {
            long p0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
            long p1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        words[0] = c0;
        words[1] = c1;
        words[2] = c2;
        words[3] = c3;
    }

    /** A word as a uniform number on [0,1) with 24 random bits, exact in F32. */
    public static double uniform(int word) {
        return (word >>> 8) * UNIT;
    }

    /** Two words as one standard normal number by Box and Muller: the cosine branch for {@code first}, else the sine. */
    public static double normal(int radiusWord, int angleWord, boolean first) {
        double radius = Math.sqrt(-2 * Math.log(((radiusWord >>> 8) + 0.5) * UNIT));
        double angle = 2 * Math.PI * uniform(angleWord);
        return radius * (first ? Math.cos(angle) : Math.sin(angle));
    }

    /** A seed for one of many independent streams of a parent seed (SplitMix64's finaliser). */
    public static long split(long seed, long stream) {
        long z = seed + (stream + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
