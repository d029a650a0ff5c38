package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * F(4×4, 3×3) with the interpolation points 0, ±√½, ±√2 and ∞: pairs of reciprocals, whose powers stay near 1, so that less
 * than half the rounding error of the usual 0, ±1, ±2, ∞ remains. With a = √½ and b = √2, a²b² = 1 and a² + b² = 5/2.
 */
record WinogradTile4() implements WinogradTile {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    private static final double A = Math.sqrt(0.5);
    private static final double B = Math.sqrt(2);

    /** Where the scratch holds the results, after the half transformed products. */
    private static final int RESULTS = 24 * L;

    private static final float A1 = (float) A;
    private static final float B1 = (float) B;
    private static final float A3 = (float) (A * A * A);
    private static final float B3 = (float) (B * B * B);

    @Override
    public int outputs() {
        return 4;
    }

    /** Row of the point p: (1, p, p²) / Π(p − q) over the other finite points q. */
    @Override
    public double[][] weightTransform() {
        double ofA = 2 * A * A * (A * A - B * B);
        double ofB = 2 * B * B * (B * B - A * A);
        return new double[][] {
            {1, 0, 0},
            {1 / ofA, A / ofA, A * A / ofA},
            {1 / ofA, -A / ofA, A * A / ofA},
            {1 / ofB, B / ofB, B * B / ofB},
            {1 / ofB, -B / ofB, B * B / ofB},
            {0, 0, 1}
        };
    }

    /** Row of the point p of Bᵀ: the coefficients of Π(x − q) over the other finite points; ∞ has those of all. */
    @Override
    public void transformRows(float[][] rows, int[] from, int width, float[] to, int at, int step) {
        float[] r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3], r4 = rows[4], r5 = rows[5];
        int f0 = from[0], f1 = from[1], f2 = from[2], f3 = from[3], f4 = from[4], f5 = from[5];
        FloatVector a = FloatVector.broadcast(S, A1), b = FloatVector.broadcast(S, B1);
        FloatVector minusA = FloatVector.broadcast(S, -A1), minusB = FloatVector.broadcast(S, -B1);
        FloatVector two = FloatVector.broadcast(S, -2), half = FloatVector.broadcast(S, -0.5f);
        FloatVector sum = FloatVector.broadcast(S, -2.5f);
        for (int x = 0; x < width; x += L) {
            FloatVector d0 = FloatVector.fromArray(S, r0, f0 + x);
            FloatVector d1 = FloatVector.fromArray(S, r1, f1 + x);
            FloatVector d2 = FloatVector.fromArray(S, r2, f2 + x);
            FloatVector d3 = FloatVector.fromArray(S, r3, f3 + x);
            FloatVector d4 = FloatVector.fromArray(S, r4, f4 + x);
            FloatVector d5 = FloatVector.fromArray(S, r5, f5 + x);
            int place = at + x;
            FloatVector evenA = d2.fma(two, d4), oddA = d1.fma(two, d3);
            FloatVector evenB = d2.fma(half, d4), oddB = d1.fma(half, d3);
            d2.fma(sum, d0).add(d4).intoArray(to, place);
            oddA.fma(a, evenA).intoArray(to, place + step);
            oddA.fma(minusA, evenA).intoArray(to, place + 2 * step);
            oddB.fma(b, evenB).intoArray(to, place + 3 * step);
            oddB.fma(minusB, evenB).intoArray(to, place + 4 * step);
            d3.fma(sum, d1).add(d5).intoArray(to, place + 5 * step);
        }
    }

    @Override
    public void transformColumns(
            float[] planes, int from, int pitch, int tiles, float[] to, int at, int step, int panelStep) {
        for (int t = 0; t < tiles; t += L) {
            int place = at + t / Lanes.PANEL * panelStep + t % Lanes.PANEL;
            transformColumn(planes, from + t, pitch, to, place, step);
        }
    }

    @Override
    public void transformPixels(float[] line, int from, int tiles, float[] to, int at, int step) {
        for (int t = 0; t < tiles; t++) {
            transformColumn(line, from + 4 * t * L, L, to, at + t * L, step);
        }
    }

    /** Bᵀ applied to six vectors. */
    private static void transformColumn(float[] d, int from, int pitch, float[] to, int place, int step) {
        FloatVector a = FloatVector.broadcast(S, A1), b = FloatVector.broadcast(S, B1);
        FloatVector minusA = FloatVector.broadcast(S, -A1), minusB = FloatVector.broadcast(S, -B1);
        FloatVector two = FloatVector.broadcast(S, -2), half = FloatVector.broadcast(S, -0.5f);
        FloatVector sum = FloatVector.broadcast(S, -2.5f);
        FloatVector d0 = FloatVector.fromArray(S, d, from);
        FloatVector d1 = FloatVector.fromArray(S, d, from + pitch);
        FloatVector d2 = FloatVector.fromArray(S, d, from + 2 * pitch);
        FloatVector d3 = FloatVector.fromArray(S, d, from + 3 * pitch);
        FloatVector d4 = FloatVector.fromArray(S, d, from + 4 * pitch);
        FloatVector d5 = FloatVector.fromArray(S, d, from + 5 * pitch);
        FloatVector evenA = d2.fma(two, d4), oddA = d1.fma(two, d3);
        FloatVector evenB = d2.fma(half, d4), oddB = d1.fma(half, d3);
        d2.fma(sum, d0).add(d4).intoArray(to, place);
        oddA.fma(a, evenA).intoArray(to, place + step);
        oddA.fma(minusA, evenA).intoArray(to, place + 2 * step);
        oddB.fma(b, evenB).intoArray(to, place + 3 * step);
        oddB.fma(minusB, evenB).intoArray(to, place + 4 * step);
        d3.fma(sum, d1).add(d5).intoArray(to, place + 5 * step);
    }

    @Override
    public void split(float[] line, int from, int tiles, float[] planes, int at, int pitch) {
        if (tiles < 6) {
            for (int t = 0; t < tiles; t++) {
                for (int j = 0; j < 6; j++) {
                    planes[at + j * pitch + t] = line[from + 4 * t + j];
                }
            }
            return;
        }
        Interleaving.split(line, from, tiles, planes, at, pitch);
    }

    @Override
    public void transformBack(float[] products, int from, int step, float[] between, float[] lines, int at, int pitch) {
        joinRows(products, from, step, between);
        joinColumns(between, between, RESULTS, 4 * L);
        for (int r = 0; r < 4; r++) {
            Interleaving.join(between, RESULTS + 4 * r * L, L, lines, at + r * pitch);
        }
    }

    @Override
    public void transformPixelsBack(
            float[] products, int from, int step, int tiles, float[] between, float[] lines, int at, int pitch) {
        for (int t = 0; t < tiles; t++) {
            joinRows(products, from + t * L, step, between);
            joinColumns(between, lines, at + 4 * t * L, pitch);
        }
    }

    /** Aᵀ·M; row of the power k of Aᵀ: the k-th powers of the finite points, and 1 at ∞ for k = 3. */
    private static void joinRows(float[] products, int from, int step, float[] between) {
        FloatVector a = FloatVector.broadcast(S, A1), b = FloatVector.broadcast(S, B1);
        FloatVector half = FloatVector.broadcast(S, 0.5f), two = FloatVector.broadcast(S, 2);
        FloatVector a3 = FloatVector.broadcast(S, A3), b3 = FloatVector.broadcast(S, B3);
        int row = 6 * step;
        for (int j = 0; j < 6; j++) {
            int p = from + j * step;
            FloatVector m0 = FloatVector.fromArray(S, products, p);
            FloatVector m1 = FloatVector.fromArray(S, products, p + row);
            FloatVector m2 = FloatVector.fromArray(S, products, p + 2 * row);
            FloatVector m3 = FloatVector.fromArray(S, products, p + 3 * row);
            FloatVector m4 = FloatVector.fromArray(S, products, p + 4 * row);
            FloatVector m5 = FloatVector.fromArray(S, products, p + 5 * row);
            FloatVector sumA = m1.add(m2), differenceA = m1.sub(m2);
            FloatVector sumB = m3.add(m4), differenceB = m3.sub(m4);
            m0.add(sumA).add(sumB).intoArray(between, j * L);
            differenceB.fma(b, differenceA.mul(a)).intoArray(between, (6 + j) * L);
            sumB.fma(two, sumA.mul(half)).intoArray(between, (12 + j) * L);
            differenceB.fma(b3, differenceA.mul(a3)).add(m5).intoArray(between, (18 + j) * L);
        }
    }

    /** The same along the other axis: row r of the results goes to {@code to[at + r·pitch]} and what follows. */
    private static void joinColumns(float[] between, float[] to, int at, int pitch) {
        FloatVector a = FloatVector.broadcast(S, A1), b = FloatVector.broadcast(S, B1);
        FloatVector half = FloatVector.broadcast(S, 0.5f), two = FloatVector.broadcast(S, 2);
        FloatVector a3 = FloatVector.broadcast(S, A3), b3 = FloatVector.broadcast(S, B3);
        for (int r = 0; r < 4; r++) {
            int p = 6 * r * L;
            FloatVector m0 = FloatVector.fromArray(S, between, p);
            FloatVector m1 = FloatVector.fromArray(S, between, p + L);
            FloatVector m2 = FloatVector.fromArray(S, between, p + 2 * L);
            FloatVector m3 = FloatVector.fromArray(S, between, p + 3 * L);
            FloatVector m4 = FloatVector.fromArray(S, between, p + 4 * L);
            FloatVector m5 = FloatVector.fromArray(S, between, p + 5 * L);
            int place = at + r * pitch;
            FloatVector sumA = m1.add(m2), differenceA = m1.sub(m2);
            FloatVector sumB = m3.add(m4), differenceB = m3.sub(m4);
            m0.add(sumA).add(sumB).intoArray(to, place);
            differenceB.fma(b, differenceA.mul(a)).intoArray(to, place + L);
            sumB.fma(two, sumA.mul(half)).intoArray(to, place + 2 * L);
            differenceB.fma(b3, differenceA.mul(a3)).add(m5).intoArray(to, place + 3 * L);
        }
    }
}
