package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;

/** Random numbers, which depend on seed and place alone. */
final class RandomNumbers {
    /** Elements of one block of Philox. */
    private static final int BLOCK = 4;

    private final Launcher launcher;

    RandomNumbers(Launcher launcher) {
        this.launcher = launcher;
    }

    void fill(Primitive.Random random, DeviceArray out) {
        String function = switch (random.distribution()) {
            case UNIFORM -> "uniform";
            case NORMAL -> "normal";
        };
        long elements = out.shape().elements();
        Arguments arguments = new Arguments().i64(random.seed()).array(out).i64(elements);
        Grid grid = Grid.linear(elements, BLOCK, Types.THREADS);
        launcher.launch(new Launch(Types.kernel("random", function, out.dtype()), grid, 0, arguments));
    }
}
