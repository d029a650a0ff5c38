package dev.backlight.kernels.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Decomposition;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.shape.DType;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/** Runs the cases of a kind on a backend and holds them to the reference, to themselves on more threads, and to their parts. */
public final class Sweep {
    /** {@code -Dbacklight.sweep.case=KIND:INDEX} runs that case alone. */
    private static final String ONLY = System.getProperty("backlight.sweep.case", "");

    private static final long SEED = 20_261_123;

    /** Elements around the output that must stay as they are. */
    private static final int MARGIN = 5;

    /** One case in this many is run again on more threads, and, where it may be, in place. */
    private static final int AGAIN = 4;

    private final String name;
    private final Backend backend;
    private final Backend again;
    private final Extent extent;

    /** By how much more than its bound an F32 sum may be off, as a part of the sum of its terms' magnitudes. */
    private final double rounding;

    /** @param backends makes the backend for a number of threads */
    public Sweep(String name, IntFunction<Backend> backends) {
        this(name, backends.apply(2), backends.apply(3), Extent.FULL);
    }

    /** @param again makes the same bits as {@code backend}, though under other conditions */
    public Sweep(String name, Backend backend, Backend again, Extent extent) {
        this(name, backend, again, extent, 0);
    }

    private Sweep(String name, Backend backend, Backend again, Extent extent, double rounding) {
        this.rounding = rounding;
        this.name = name;
        this.backend = backend;
        this.again = again;
        this.extent = extent;
    }

    /**
     * For backends that round the operands of F32 products and convolutions to {@code bits} of mantissa: each term is then off
     * by 2·2⁻ᵇⁱᵗˢ⁻¹ of itself at most, to first order. For kinds that are such sums.
     */
    public Sweep withOperandsOf(int bits) {
        double first = Math.scalb(1.0, -bits);
        return new Sweep(name, backend, again, extent, first + first * first);
    }

    /** Runs all cases of a kind, and prints how many there were and how near to its bound the worst came. */
    public void run(Kind kind) {
        long start = System.nanoTime();
        double worst = 0;
        int cases = 0;
        for (int index = 0; index < extent.cases(kind); index++) {
            if (ONLY.isEmpty() || ONLY.equals(kind + ":" + index)) {
                worst = Math.max(worst, check(kind, index));
                cases++;
            }
        }
        System.out.printf(
                "sweep on %s: %3d cases of %-18s worst error %4.2f of its bound, %5.2f s%n",
                name, cases, kind, worst, (System.nanoTime() - start) * 1e-9);
    }

    private double check(Kind kind, int index) {
        Draw draw = new Draw(seed(kind, index), extent);
        // Outside all scopes weights are long-lived, and backends keep forms of them.
        if (draw.oneIn(2)) {
            return check(kind, index, draw);
        }
        try (Scope scope = Scope.open()) {
            return check(kind, index, draw);
        }
    }

    private static long seed(Kind kind, int index) {
        return SEED + 1_000_003L * kind.name().hashCode() + index;
    }

    private double check(Kind kind, int index, Draw draw) {
        SweepCase one = kind.generator.draw(draw, index);
        String what = "-Dbacklight.sweep.case=" + kind + ":" + index + " (seed " + seed(kind, index) + ") on " + name
                + ": " + one;
        try {
            return check(one, index, what);
        } catch (RuntimeException e) {
            throw new AssertionError(what, e);
        }
    }

    private double check(SweepCase one, int index, String what) {
        double[] expected = one.expected();
        double[] actual = run(backend, one, what);
        double worst = compare(expected, actual, bounds(one, expected), what);
        if (index % AGAIN == 0) {
            assertArrayEquals(actual, run(again, one, what), what + " again");
        }
        if (index % AGAIN == 1 && mayRunInPlace(one.primitive())) {
            runInPlace(one, actual, what);
        }
        compareWithParts(one, actual, what);
        return worst;
    }

    private double[] bounds(SweepCase one, double[] expected) {
        double[] bounds = one.bound().of(one, expected);
        if (rounding > 0 && one.dtype() == DType.F32) {
            double[] magnitudes = Bounds.magnitudes(one);
            Arrays.setAll(bounds, i -> bounds[i] + rounding * magnitudes[i]);
        }
        return bounds;
    }

    /** Composites give the bits of their parts: a replay is the eager execution. */
    private void compareWithParts(SweepCase one, double[] actual, String what) {
        Operands operands = new Operands(backend);
        DeviceArray out = backend.allocate(one.dtype(), one.out());
        switch (one.primitive()) {
            case Primitive.Fused chain -> Decomposition.run(chain, backend, operands.of(one), out);
            case Primitive.WithEpilogue fused -> Decomposition.run(fused, backend, operands.of(one), out);
            default -> {
                return;
            }
        }
        assertArrayEquals(operands.read(out), actual, what + ", part by part");
    }

    /** Into NaNs: every element must be written, and none beside them. */
    private static double[] run(Backend backend, SweepCase one, String what) {
        int size = (int) one.out().elements();
        double unwritten = one.dtype() == DType.I64 ? -77 : Double.NaN;
        double[] filled = new double[size + 2 * MARGIN];
        Arrays.fill(filled, unwritten);
        Operands operands = new Operands(backend);
        DeviceArray whole = operands.vector(one.dtype(), filled);
        DeviceArray out = new DeviceArray(one.out(), whole.buffer().slice(MARGIN, size));
        backend.execute(one.primitive(), operands.of(one), out);
        double[] after = operands.read(whole);
        for (int i = 0; i < MARGIN; i++) {
            if (Double.compare(after[i], unwritten) != 0 || Double.compare(after[MARGIN + size + i], unwritten) != 0) {
                fail(what + ": written beside the output");
            }
        }
        return Arrays.copyOfRange(after, MARGIN, MARGIN + size);
    }

    /** The largest error as a part of its bound. */
    private static double compare(double[] expected, double[] actual, double[] bounds, String what) {
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double error = Math.abs(actual[i] - expected[i]);
            boolean same =
                    Double.isFinite(expected[i]) ? error <= bounds[i] : Double.compare(expected[i], actual[i]) == 0;
            if (!same) {
                fail(what + " at " + i + ": expected " + expected[i] + ", found " + actual[i] + ", bound " + bounds[i]);
            }
            if (error > 0) {
                worst = Math.max(worst, error / bounds[i]);
            }
        }
        return worst;
    }

    private static boolean mayRunInPlace(Primitive primitive) {
        return switch (primitive) {
            case Primitive.Unary unary -> true;
            case Primitive.Binary binary -> true;
            case Primitive.Select select -> true;
            case Primitive.ChannelAffine affine -> true;
            case Primitive.Softmax softmax -> true;
            case Primitive.Fused chain -> true;
            default -> false;
        };
    }

    private void runInPlace(SweepCase one, double[] apart, String what) {
        Operands operands = new Operands(backend);
        List<DeviceArray> inputs = operands.of(one);
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).shape().equals(one.out())) {
                DeviceArray out = operands.copy(one.inputs().get(i));
                backend.execute(one.primitive(), Bounds.with(inputs, i, out), out);
                assertArrayEquals(apart, operands.read(out), what + " on the memory of operand " + i);
            }
        }
    }
}
