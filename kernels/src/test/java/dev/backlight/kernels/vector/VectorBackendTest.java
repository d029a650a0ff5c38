package dev.backlight.kernels.vector;

import static dev.backlight.engine.shape.DType.F32;
import static dev.backlight.engine.shape.DType.F64;
import static dev.backlight.engine.shape.DType.I64;
import static dev.backlight.kernels.vector.Parity.ROUNDING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Primitive.Reduction;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every primitive against the reference backend over a seeded sweep. */
class VectorBackendTest {
    private static final int CASES = 60;

    private final Parity parity = new Parity(41);
    private final SplittableRandom random = parity.random();

    @Test
    void isThePreferredCpuBackend() {
        assertInstanceOf(VectorBackend.class, Backends.named("vector", 2));
        assertEquals(
                "vector",
                Backends.providers().stream()
                        .filter(p -> !p.name().equals("cuda"))
                        .findFirst()
                        .orElseThrow()
                        .name());
    }

    @ParameterizedTest
    @EnumSource(UnaryFunction.class)
    void unary(UnaryFunction function) {
        Primitive plain = new Primitive.Unary(function, 0.75, 1.25);
        double[] special = {
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            0,
            -0.0,
            1,
            -1,
            0.5,
            1.5,
            2.5,
            -0.5,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            1e-39,
            Float.MIN_NORMAL,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            1e-20,
            88.7,
            88.8,
            -87,
            -103,
            -104,
            -105,
            89,
            0.625,
            0.6249,
            4.2,
            1e-8,
            -1e-8,
            1e-4,
            1.0000001,
            0.9999999,
            1.4142135
        };
        // A result may be subnormal, and is then rounded to a multiple of the smallest number.
        parity.check(
                plain,
                F32,
                Shape.of(special.length),
                ROUNDING,
                2e-45,
                parity.array(F32, Shape.of(special.length), special));
        for (double range : new double[] {1e-3, 1, 5, 40, 200}) {
            Shape shape = Shape.of(parity.size(40000));
            parity.check(plain, F32, shape, ROUNDING, 2e-45, parity.values(F32, shape, -range, range));
            parity.check(plain, F32, shape, ROUNDING, 2e-45, parity.values(F32, shape, 0, range));
        }
    }

    @ParameterizedTest
    @EnumSource(BinaryFunction.class)
    void binary(BinaryFunction function) {
        for (int i = 0; i < CASES; i++) {
            Shape shape = parity.shape(random.nextInt(5), 9);
            DeviceArray a = random.nextBoolean() ? parity.coarse(parity.stretched(shape)) : parity.values(F32, shape);
            DeviceArray b = random.nextBoolean() ? parity.coarse(shape) : parity.values(F32, parity.stretched(shape));
            Shape out = a.shape().broadcast(b.shape());
            parity.check(new Primitive.Binary(function), F32, out, ROUNDING, 0, a, b);
        }
    }

    @Test
    void select() {
        for (int i = 0; i < CASES; i++) {
            Shape shape = parity.shape(4, 9);
            DeviceArray condition = parity.coarse(parity.stretched(shape));
            DeviceArray a = parity.values(F32, shape);
            DeviceArray b = parity.values(F32, parity.stretched(shape));
            parity.check(new Primitive.Select(), F32, shape, 0, 0, condition, a, b);
        }
    }

    @Test
    void fillRandomCastAndArgMax() {
        for (int i = 0; i < CASES; i++) {
            Shape shape = parity.shape(3, 30);
            parity.check(new Primitive.Fill(0.1), F32, shape, 0, 0);
            for (Primitive.Distribution distribution : Primitive.Distribution.values()) {
                parity.check(new Primitive.Random(distribution, random.nextLong()), F32, shape, 0, 0);
            }
            parity.check(new Primitive.Cast(), F64, shape, 0, 0, parity.values(F32, shape));
            parity.check(new Primitive.ArgMax(1), I64, shape.with(1, 1), 0, 0, parity.coarse(shape));
        }
    }

    @Test
    void reductionsOverAnyAxes() {
        for (int i = 0; i < 2 * CASES; i++) {
            Shape shape = parity.shape(random.nextInt(5), random.nextInt(8) == 0 ? 30 : 9);
            Shape out = shape;
            for (int axis = 0; axis < shape.rank(); axis++) {
                out = random.nextBoolean() ? out.with(axis, 1) : out;
            }
            double terms = (double) shape.elements() / Math.max(1, out.elements());
            DeviceArray x = parity.values(F32, shape);
            parity.check(new Primitive.Reduce(Reduction.SUM), F32, out, ROUNDING, 2e-7 * Math.min(terms, 64), x);
            parity.check(new Primitive.Reduce(Reduction.MAX), F32, out, 0, 0, x);
            parity.check(new Primitive.Reduce(Reduction.MIN), F32, out, 0, 0, x);
        }
    }

    @Test
    void longSumsKeepTheirDigits() {
        Shape shape = Shape.of(3, 1 << 20);
        DeviceArray positive = parity.values(F32, shape, 0, 1);
        parity.check(new Primitive.Reduce(Reduction.SUM), F32, Shape.of(3, 1), 2e-7, 0, positive);
        parity.check(new Primitive.Reduce(Reduction.SUM), F32, Shape.of(1, 1), 2e-7, 0, positive);
        DeviceArray columns = positive.reshape(Shape.of(1 << 20, 3));
        parity.check(new Primitive.Reduce(Reduction.SUM), F32, Shape.of(1, 3), 2e-7, 0, columns);
    }

    @Test
    void movement() {
        for (int i = 0; i < CASES; i++) {
            Shape shape = parity.shape(4, 9);
            int[] order = IntStream.range(0, 4).toArray();
            for (int k = 3; k > 0; k--) {
                int j = random.nextInt(k + 1);
                int swapped = order[k];
                order[k] = order[j];
                order[j] = swapped;
            }
            DeviceArray x = parity.values(F32, shape);
            parity.check(new Primitive.Permute(AxisList.of(order)), F32, shape.permute(order), 0, 0, x);
            parity.check(new Primitive.Broadcast(), F32, shape, 0, 0, parity.values(F32, parity.stretched(shape)));
            checkSliceAndEmbed(x);
            int axis = random.nextInt(4);
            DeviceArray other = parity.values(F32, shape.with(axis, random.nextInt(4)));
            Shape joined = shape.with(axis, shape.size(axis) + other.shape().size(axis));
            parity.check(new Primitive.Concat(axis), F32, joined, 0, 0, x, other);
        }
    }

    private void checkSliceAndEmbed(DeviceArray x) {
        int[] start = new int[4];
        int[] step = new int[4];
        int[] sizes = new int[4];
        for (int axis = 0; axis < 4; axis++) {
            int size = x.shape().size(axis);
            step[axis] = random.nextInt(2) == 0 ? 1 : 1 + random.nextInt(3);
            sizes[axis] = 1 + random.nextInt(Math.ceilDiv(size, step[axis]));
            int spare = size - 1 - (sizes[axis] - 1) * step[axis];
            start[axis] = random.nextInt(spare + 1);
            if (random.nextInt(3) == 0) {
                start[axis] += (sizes[axis] - 1) * step[axis];
                step[axis] = -step[axis];
            }
        }
        AxisList starts = AxisList.of(start);
        AxisList steps = AxisList.of(step);
        Shape small = Shape.of(sizes);
        parity.check(new Primitive.Slice(starts, steps), F32, small, 0, 0, x);
        parity.check(new Primitive.Embed(starts, steps), F32, x.shape(), 0, 0, parity.values(F32, small));
    }

    @Test
    void indexing() {
        for (int i = 0; i < CASES; i++) {
            Shape shape = parity.shape(3, 9);
            int axis = random.nextInt(3);
            int count = parity.size(9);
            Shape picked = shape.with(axis, count);
            DeviceArray x = parity.values(F32, shape);
            DeviceArray u = parity.values(F32, picked);
            DeviceArray rows = parity.indices(Shape.of(count), shape.size(axis));
            DeviceArray elements = parity.indices(picked, shape.size(axis));
            double sum = 2e-7 * count;
            parity.check(new Primitive.Take(axis), F32, picked, 0, 0, x, rows);
            parity.check(new Primitive.TakeAdjoint(axis), F32, shape, ROUNDING, sum, u, rows);
            parity.check(new Primitive.GatherElements(axis), F32, picked, 0, 0, x, elements);
            parity.check(new Primitive.ScatterAddElements(axis), F32, shape, ROUNDING, sum, u, elements);
        }
    }

    @Test
    void pooling() {
        for (int i = 0; i < CASES; i++) {
            WindowGeometry g = ConvolutionCase.random(random).shape().window();
            Shape x = Shape.of(
                    1 + random.nextInt(3),
                    1 + random.nextInt(4),
                    g.height() * g.dilationY() + random.nextInt(20),
                    g.width() * g.dilationX() + random.nextInt(20));
            // Ceil mode may ask for one window more than fits.
            int extra = random.nextInt(2);
            Shape y =
                    Shape.of(x.size(0), x.size(1), g.outputHeight(x.size(2)) + extra, g.outputWidth(x.size(3)) + extra);
            parity.check(new Primitive.WindowSum(g), F32, y, ROUNDING, 1e-6, parity.values(F32, x));
            parity.check(new Primitive.WindowSumAdjoint(g), F32, x, ROUNDING, 5e-6, parity.values(F32, y));
            parity.check(new Primitive.MaxPoolIndices(g), I64, y, 0, 0, parity.coarse(x));
        }
    }

    @Test
    void channels() {
        for (int i = 0; i < CASES; i++) {
            Shape shape = parity.shape(2 + random.nextInt(3), 20);
            Shape perChannel = Shape.of(shape.size(1));
            DeviceArray x = parity.values(F32, shape);
            DeviceArray scale = parity.values(F32, perChannel);
            parity.check(
                    new Primitive.ChannelAffine(),
                    F32,
                    shape,
                    ROUNDING,
                    6e-7,
                    x,
                    scale,
                    parity.values(F32, perChannel));
            parity.check(new Primitive.ChannelDot(), F32, perChannel, ROUNDING, 3e-5, x, parity.values(F32, shape));
        }
    }

    @Test
    void learnedRuleOfEveryOrder() {
        for (int i = 0; i < CASES; i++) {
            Shape shape = parity.shape(4, 9);
            DeviceArray x = random.nextBoolean() ? parity.coarse(shape) : parity.values(F32, shape);
            DeviceArray u = random.nextBoolean() ? parity.coarse(shape) : parity.values(F32, shape);
            DeviceArray theta = parity.values(F32, shape.insert(0, 3), -6, 6);
            DeviceArray v = parity.values(F32, shape);
            DeviceArray w = parity.values(F32, shape.insert(0, 4));
            parity.check(new Primitive.LearnedRule(0), F32, shape, 1e-6, 0, x, u, theta);
            parity.check(new Primitive.LearnedRule(1), F32, shape.insert(0, 4), 1e-6, 5e-7, x, u, theta, v);
            parity.check(new Primitive.LearnedRule(2), F32, shape.insert(0, 5), 1e-6, 5e-6, x, u, theta, v, w);
        }
    }

    @Test
    void optimiserSteps() {
        for (int i = 0; i < CASES; i++) {
            Shape shape = Shape.of(parity.size(5000));
            DeviceArray parameter = parity.values(F32, shape);
            DeviceArray moment = parity.values(F32, shape);
            Primitive adam = new Primitive.AdamStep(0.1, 0.9, 0.999, 1e-8, 0.01, 1 + i);
            parity.checkInPlace(
                    adam, 2e-6, 1e-6, parameter, parity.values(F32, shape), moment, parity.values(F32, shape, 1e-3, 1));
            Primitive sgd = new Primitive.SgdStep(0.1, 0.9, 5e-4, i % 2 == 0);
            parity.checkInPlace(sgd, 1e-6, 1e-6, parameter, parity.values(F32, shape), moment);
        }
    }

    @Test
    void matrixProducts() {
        for (int i = 0; i < CASES; i++) {
            int batch = 1 + random.nextInt(4), m = parity.size(20), n = parity.size(20), k = parity.size(20);
            boolean transposeA = random.nextBoolean(), transposeB = random.nextBoolean();
            Shape a = Shape.of(random.nextBoolean() ? 1 : batch, transposeA ? k : m, transposeA ? m : k);
            Shape b = Shape.of(batch, transposeB ? n : k, transposeB ? k : n);
            Primitive product = new Primitive.MatMul(transposeA, transposeB);
            Shape out = Shape.of(batch, m, n);
            parity.check(product, F32, out, ROUNDING, 5e-7 * k, parity.values(F32, a), parity.values(F32, b));
            parity.check(product, F64, out, 1e-14, 1e-15 * k, parity.values(F64, a), parity.values(F64, b));
        }
    }

    @Test
    void convolutions() {
        for (int i = 0; i < CASES; i++) {
            ConvolutionShape s = ConvolutionCase.random(random).shape();
            Shape x = Shape.of(s.batch(), s.channels(), s.height(), s.width());
            Shape w = Shape.of(
                    s.filters(),
                    s.channelsPerGroup(),
                    s.window().height(),
                    s.window().width());
            Shape y = Shape.of(s.batch(), s.filters(), s.outHeight(), s.outWidth());
            for (var dtype : new dev.backlight.engine.shape.DType[] {F32, F64}) {
                double unit = dtype == F32 ? 5e-7 : 1e-15;
                DeviceArray image = parity.values(dtype, x);
                DeviceArray weights = parity.values(dtype, w);
                DeviceArray upstream = parity.values(dtype, y);
                DeviceArray bias = parity.values(dtype, Shape.of(s.filters()));
                int terms = s.taps() * Math.max(s.filtersPerGroup(), s.channelsPerGroup());
                var forward = new Primitive.Convolution(s.window(), s.groups());
                parity.check(forward, dtype, y, unit, unit * terms, image, weights, bias);
                parity.check(forward, dtype, y, unit, unit * terms, image, weights);
                var inputs = new Primitive.ConvolutionInputGradient(s.window(), s.groups());
                parity.check(inputs, dtype, x, unit, unit * terms, upstream, weights);
                var filters = new Primitive.ConvolutionWeightGradient(s.window(), s.groups());
                parity.check(filters, dtype, w, unit, unit * s.batch() * s.outPlane(), image, upstream);
            }
        }
    }
}
