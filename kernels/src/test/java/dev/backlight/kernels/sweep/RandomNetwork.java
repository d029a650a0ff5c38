package dev.backlight.kernels.sweep;

import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.Conv2d;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A network of random layers, which is its seed: convolutions of many kinds, and all that stands between them in networks, on
 * planes from 1×1 on. Its weights are made once and kept, so that building it again gives the same function.
 */
public final class RandomNetwork {
    private static final int LAYERS = 14;

    private final Backend backend;
    private final long seed;
    private final int width;
    private final Map<Shape, Tensor> weights = new HashMap<>();

    /** @param width channels come in multiples of this */
    public RandomNetwork(Backend backend, long seed, int width) {
        this.backend = backend;
        this.seed = seed;
        this.width = width;
    }

    /** Images that it takes, zeros, infinities and NaN among them in one of three networks. */
    public Tensor images() {
        Random random = new Random(31 * seed);
        Shape shape = Shape.of(
                1 + random.nextInt(2), width * (1 + random.nextInt(2)), 1 + random.nextInt(7), 1 + random.nextInt(7));
        Tensor x = Tensor.random(backend, DType.F32, shape, Primitive.Distribution.NORMAL, seed + 2);
        if (random.nextInt(3) > 0) {
            return x;
        }
        double special = random.nextBoolean() ? Double.NaN : Double.POSITIVE_INFINITY;
        Tensor isLarge = Ops.greater(x, Tensor.full(backend, DType.F32, shape, 1.9));
        return Ops.where(isLarge, Tensor.full(backend, DType.F32, shape, special), Ops.mul(Neural.relu(x), -1));
    }

    /** The last result and some of those before; {@code constant} is of x's shape. */
    public List<Tensor> on(Tensor x, Tensor constant) {
        Random random = new Random(seed);
        List<Tensor> known = new ArrayList<>(List.of(x, constant));
        for (int i = 0; i < LAYERS; i++) {
            known.add(layer(random, known));
        }
        List<Tensor> wanted = new ArrayList<>(List.of(known.getLast()));
        known.subList(2, known.size() - 1).stream()
                .filter(result -> random.nextInt(4) == 0)
                .forEach(wanted::add);
        return wanted;
    }

    /**
     * {@link #on} and, of every other network, the gradient of all its results' sums with respect to x: parts of concatenations,
     * embedded slices, shares of windows.
     */
    public List<Tensor> withGradient(Tensor x, Tensor constant) {
        if (seed % 2 == 0) {
            return on(x, constant);
        }
        Tape tape = new Tape();
        Tensor leaf = tape.watch(x);
        List<Tensor> results = on(leaf, constant);
        Tensor score = Ops.add(
                Ops.sum(leaf), results.stream().map(Ops::sum).reduce(Ops::add).orElseThrow());
        List<Tensor> all = new ArrayList<>(results);
        all.add(tape.gradient(score, leaf));
        return all.stream().map(Tensor::detached).toList();
    }

    private Tensor weights(int... sizes) {
        Shape shape = Shape.of(sizes);
        return weights.computeIfAbsent(
                shape,
                all -> Ops.mul(
                        Tensor.random(
                                backend, DType.F32, shape, Primitive.Distribution.NORMAL, seed + shape.hashCode()),
                        0.3));
    }

    private Tensor layer(Random random, List<Tensor> known) {
        boolean isEarly = random.nextInt(6) == 0;
        Tensor a = known.get(isEarly ? random.nextInt(2) : Math.max(0, known.size() - 1 - random.nextInt(5)));
        List<Tensor> alike =
                known.stream().filter(k -> k.shape().equals(a.shape())).toList();
        Tensor b = alike.get(Math.max(0, alike.size() - 1 - random.nextInt(4)));
        return switch (random.nextInt(5)) {
            case 0, 1 -> convolution(random, a, b);
            case 2 -> elementwise(random, a, b);
            case 3 -> pool(random, a, b);
            default -> rearranged(random, a, b, known);
        };
    }

    private Tensor convolution(Random random, Tensor a, Tensor b) {
        int channels = a.shape().size(1);
        int filters = width * (1 + random.nextInt(3));
        WindowGeometry three = WindowGeometry.square(3, 1, 1);
        return switch (random.nextInt(6)) {
            case 0 -> new Conv2d(WindowGeometry.square(1, 1, 0), 1).on(a, weights(filters, channels, 1, 1));
            case 1 ->
                new Conv2d(WindowGeometry.square(3, 2, 1), 1).on(a, weights(filters, channels, 3, 3), weights(filters));
            case 2 -> new Conv2d(three, channels).on(a, weights(channels, 1, 3, 3));
            case 3 -> {
                Tensor few = new Conv2d(three, 1).on(a, weights(5, channels, 3, 3));
                yield new Conv2d(three, 1).on(few, weights(filters, 5, 3, 3));
            }
            case 4 -> gradient(a, b, filters);
            default -> Neural.relu(Ops.add(new Conv2d(three, 1).on(a, weights(channels, channels, 3, 3)), b));
        };
    }

    /** Gates, the scatter of a max-pool and an input gradient. */
    private Tensor gradient(Tensor a, Tensor b, int filters) {
        Tape tape = new Tape();
        Tensor x = tape.watch(b.detached());
        Tensor y = new Conv2d(WindowGeometry.square(3, 1, 1), 1)
                .on(x, weights(filters, b.shape().size(1), 3, 3));
        Tensor z = Neural.maxPool(Neural.relu(y), WindowGeometry.square(2, 1, 1), false);
        return Ops.mul(tape.gradient(Ops.sum(Ops.mul(z, z)), x), a);
    }

    private Tensor elementwise(Random random, Tensor a, Tensor b) {
        int c = a.shape().size(1);
        return switch (random.nextInt(6)) {
            case 0 -> Neural.relu(a);
            case 1 -> Ops.add(a, b);
            case 2 -> Ops.mul(a, weights(stretched(random, a.shape())));
            case 3 -> Ops.where(Ops.greater(a, b), Ops.slice(a, 0, 0, 1), Neural.sigmoid(b));
            case 4 -> Ops.mul(Ops.slice(a, 1, 0, 1), b);
            default ->
                Neural.batchNorm(
                        a, weights(c), Ops.add(Ops.mul(weights(c), weights(c)), 1), weights(c), weights(c), 1e-5);
        };
    }

    /** A shape that broadcasts to another. */
    private static int[] stretched(Random random, Shape s) {
        int n = s.size(0), c = s.size(1), h = s.size(2), w = s.size(3);
        int[][] shapes = {
            {1, c, 1, 1}, {n, 1, h, w}, {1, c, h, 1}, {c, 1, 1}, {n, 1, 1, 1}, {n, c, 1, w}, {h, w}, {1, c, h, w}
        };
        return shapes[random.nextInt(shapes.length)];
    }

    private static Tensor pool(Random random, Tensor a, Tensor b) {
        return switch (random.nextInt(5)) {
            case 0 -> Neural.maxPool(a, WindowGeometry.square(3, 2, 1), random.nextBoolean());
            case 1 -> Neural.maxPool(a, WindowGeometry.square(2, 1, 1), false);
            case 2 -> Neural.avgPool(a, WindowGeometry.square(3, 1 + random.nextInt(2), 1), false, true);
            case 3 -> Ops.mul(a, Neural.globalAveragePool(b));
            default -> Ops.mul(a, Neural.globalMaxPool(b));
        };
    }

    private Tensor rearranged(Random random, Tensor a, Tensor b, List<Tensor> known) {
        Shape s = a.shape();
        int n = s.size(0), c = s.size(1), h = s.size(2), w = s.size(3);
        return switch (random.nextInt(6)) {
            case 0, 1 -> {
                List<Tensor> parts = known.stream()
                        .filter(k -> k.shape().with(1, c).equals(s) && k.shape().size(1) + c <= 5 * width)
                        .toList();
                yield parts.isEmpty() ? a : Shapes.concat(1, a, parts.get(random.nextInt(parts.size())));
            }
            case 2 -> c > width ? Ops.slice(a, 1, width * random.nextInt(c / width), c) : Ops.mul(a, 0.5);
            case 3 -> Shapes.reshape(a, n, c, w, h);
            case 4 -> Ops.slice(Shapes.concat(0, a, b), 0, n - 1, 2 * n - 1);
            default -> Shapes.reshape(Neural.relu(Shapes.reshape(a, n * c, h * w)), n, c, h, w);
        };
    }
}
