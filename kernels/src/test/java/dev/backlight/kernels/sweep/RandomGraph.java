package dev.backlight.kernels.sweep;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.op.Conv2d;
import dev.backlight.engine.op.Neural;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Shapes;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A graph is its seed: the same steps each time it is built. Some intermediate results are wanted beside the last. */
public record RandomGraph(long seed, int steps) {
    /** The images that it takes. */
    public Shape images() {
        return Shape.of(2, channels(), 5, 6);
    }

    public Shape weights() {
        return Shape.of(channels(), channels(), 3, 3);
    }

    public Shape perChannel() {
        return Shape.of(1, channels(), 1, 1);
    }

    /** Every other graph has channels enough that programs keep them in blocks. */
    private int channels() {
        return seed % 2 == 0 ? 3 : 32;
    }

    /** The last result, and some of those before. */
    public List<Tensor> on(Tensor x, Tensor weights, Tensor perChannel) {
        Random random = new Random(seed);
        List<Tensor> known = new ArrayList<>(List.of(x));
        for (int i = 0; i < steps; i++) {
            known.add(step(random, known, weights, perChannel));
        }
        List<Tensor> wanted = new ArrayList<>(List.of(known.getLast()));
        for (Tensor result : known.subList(1, known.size() - 1)) {
            if (random.nextInt(4) == 0) {
                wanted.add(result);
            }
        }
        return wanted;
    }

    /** All results have the shape of x; parts of them are taken and stretched again. */
    private static Tensor step(Random random, List<Tensor> known, Tensor weights, Tensor perChannel) {
        Tensor a = recent(random, known);
        Tensor b = recent(random, known);
        return switch (random.nextInt(13)) {
            case 0 -> Neural.relu(a);
            case 1 -> Ops.add(a, b);
            case 2 -> Ops.sub(a, firstImage(b));
            case 3 -> Ops.mul(firstImage(a), b);
            case 4 -> Ops.mul(Ops.add(a, 0.25), 0.5);
            case 5, 6 -> new Conv2d(WindowGeometry.square(3, 1, 1), 1).on(a, weights);
            case 7 -> Ops.add(Ops.mul(a, perChannel), perChannel);
            case 8 -> Shapes.concat(0, firstImage(a), firstImage(b));
            case 9, 10 -> Ops.slice(Shapes.concat(0, a, b), 0, 1, 3);
            case 11 -> Neural.softmax(a, random.nextInt(4));
            default -> Ops.where(Ops.greater(a, b), a, Neural.sigmoid(b));
        };
    }

    private static Tensor firstImage(Tensor x) {
        return Ops.slice(x, 0, 0, 1);
    }

    private static Tensor recent(Random random, List<Tensor> known) {
        return known.get(Math.max(0, known.size() - 1 - random.nextInt(4)));
    }
}
