package dev.backlight.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** F(2×2, 3×3) with the interpolation points 0, ±1 and ∞, for planes too small for {@link WinogradTile4}. */
record WinogradTile2() implements WinogradTile {
    private static final VectorSpecies<Float> S = Lanes.FLOAT;
    private static final int L = S.length();

    /** Where the scratch holds the results, after the half transformed products. */
    private static final int RESULTS = 8 * L;

    @Override
    public int outputs() {
        return 2;
    }

    @Override
    public double[][] weightTransform() {
        return new double[][] {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
    }

    @Override
    public void transformRows(float[][] rows, int[] from, int width, float[] to, int at, int step) {
        float[] r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3];
        int f0 = from[0], f1 = from[1], f2 = from[2], f3 = from[3];
        for (int x = 0; x < width; x += L) {
            FloatVector d0 = FloatVector.fromArray(S, r0, f0 + x);
            FloatVector d1 = FloatVector.fromArray(S, r1, f1 + x);
            FloatVector d2 = FloatVector.fromArray(S, r2, f2 + x);
            FloatVector d3 = FloatVector.fromArray(S, r3, f3 + x);
            int place = at + x;
            d0.sub(d2).intoArray(to, place);
            d1.add(d2).intoArray(to, place + step);
            d2.sub(d1).intoArray(to, place + 2 * step);
            d3.sub(d1).intoArray(to, place + 3 * step);
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
            transformColumn(line, from + 2 * t * L, L, to, at + t * L, step);
        }
    }

    /** Bᵀ applied to four vectors. */
    private static void transformColumn(float[] d, int from, int pitch, float[] to, int place, int step) {
        FloatVector d0 = FloatVector.fromArray(S, d, from);
        FloatVector d1 = FloatVector.fromArray(S, d, from + pitch);
        FloatVector d2 = FloatVector.fromArray(S, d, from + 2 * pitch);
        FloatVector d3 = FloatVector.fromArray(S, d, from + 3 * pitch);
        d0.sub(d2).intoArray(to, place);
        d1.add(d2).intoArray(to, place + step);
        d2.sub(d1).intoArray(to, place + 2 * step);
        d3.sub(d1).intoArray(to, place + 3 * step);
    }

    @Override
    public void split(float[] line, int from, int tiles, float[] planes, int at, int pitch) {
        for (int t = 0; t < tiles; t++) {
            int pixel = from + 2 * t;
            int to = at + t;
            planes[to] = line[pixel];
            planes[to + pitch] = line[pixel + 1];
            planes[to + 2 * pitch] = line[pixel + 2];
            planes[to + 3 * pitch] = line[pixel + 3];
        }
    }

    @Override
    public void transformBack(float[] products, int from, int step, float[] between, float[] lines, int at, int pitch) {
        joinRows(products, from, step, between);
        joinColumns(between, between, RESULTS, 2 * L);
        for (int r = 0; r < 2; r++) {
            int row = RESULTS + 2 * r * L;
            for (int i = 0; i < L; i++) {
                lines[at + r * pitch + 2 * i] = between[row + i];
                lines[at + r * pitch + 2 * i + 1] = between[row + L + i];
            }
        }
    }

    @Override
    public void transformPixelsBack(
            float[] products, int from, int step, int tiles, float[] between, float[] lines, int at, int pitch) {
        for (int t = 0; t < tiles; t++) {
            joinRows(products, from + t * L, step, between);
            joinColumns(between, lines, at + 2 * t * L, pitch);
        }
    }

    /** Aᵀ·M. */
    private static void joinRows(float[] products, int from, int step, float[] between) {
        for (int j = 0; j < 4; j++) {
            int p = from + j * step;
            FloatVector m0 = FloatVector.fromArray(S, products, p);
            FloatVector m1 = FloatVector.fromArray(S, products, p + 4 * step);
            FloatVector m2 = FloatVector.fromArray(S, products, p + 8 * step);
            FloatVector m3 = FloatVector.fromArray(S, products, p + 12 * step);
            m0.add(m1).add(m2).intoArray(between, j * L);
            m1.sub(m2).add(m3).intoArray(between, (4 + j) * L);
        }
    }

    /** The same along the other axis: row r of the results goes to {@code to[at + r·pitch]} and what follows. */
    private static void joinColumns(float[] between, float[] to, int at, int pitch) {
        for (int r = 0; r < 2; r++) {
            int row = 4 * r * L;
            FloatVector m0 = FloatVector.fromArray(S, between, row);
            FloatVector m1 = FloatVector.fromArray(S, between, row + L);
            FloatVector m2 = FloatVector.fromArray(S, between, row + 2 * L);
            FloatVector m3 = FloatVector.fromArray(S, between, row + 3 * L);
            m0.add(m1).add(m2).intoArray(to, at + r * pitch);
            m1.sub(m2).add(m3).intoArray(to, at + r * pitch + L);
        }
    }
}
