package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive.Reduction;
import dev.backlight.engine.shape.Shape;
import java.util.Arrays;

/** Sums, maxima and minima over any axes, products summed per channel, and the index of the largest. */
final class Reductions {
    private static final String MODULE = "reductions";
    private static final int SUM = 0;
    private static final int MAXIMUM = 1;
    private static final int MINIMUM = 2;
    private static final int DOT = 3;

    private final Launcher launcher;

    Reductions(Launcher launcher) {
        this.launcher = launcher;
    }

    void reduce(Reduction reduction, DeviceArray in, DeviceArray out) {
        int function = switch (reduction) {
            case SUM -> SUM;
            case MAX -> MAXIMUM;
            case MIN -> MINIMUM;
        };
        run(function, in, in, out.shape(), out);
    }

    void channelDot(DeviceArray x, DeviceArray y, DeviceArray out) {
        int[] kept = new int[x.shape().rank()];
        Arrays.fill(kept, 1);
        kept[1] = x.shape().size(1);
        run(DOT, x, y, Shape.of(kept), out);
    }

    private void run(int function, DeviceArray x, DeviceArray y, Shape kept, DeviceArray out) {
        ReductionPlan plan = ReductionPlan.of(x.shape(), kept, Types.pack(x.dtype()));
        long partials = plan.pieces() > 1 ? launcher.workspace(plan.partials() * Double.BYTES) : 0;
        Arguments arguments = new Arguments()
                .bytes(plan.struct(function).finished())
                .array(x)
                .array(y)
                .array(out)
                .address(partials);
        String kernel = plan.columns() ? "columns" : "rows";
        launcher.launch(new Launch(Types.kernel(MODULE, kernel, x.dtype()), plan.grid(), 0, arguments));
        if (plan.pieces() > 1) {
            finish(function, plan, partials, out);
        }
    }

    private void finish(int function, ReductionPlan plan, long partials, DeviceArray out) {
        int group = Math.min(Types.THREADS, Integer.highestOneBit(plan.pieces()));
        long outputs = out.shape().elements();
        Arguments arguments = new Arguments()
                .i32(function)
                .i32(group)
                .i32(plan.pieces())
                .i64(outputs)
                .address(partials)
                .array(out);
        launcher.launch(new Launch(Types.kernel(MODULE, "finish", out.dtype()), groups(outputs, group), 0, arguments));
    }

    /** The index of the largest element; long and dense axes are shared by groups of threads. */
    void argMax(int axis, DeviceArray in, DeviceArray out) {
        Shape shape = in.shape();
        int at = shape.axis(axis);
        long inner = shape.strides()[at];
        int size = shape.size(at);
        int group = inner >= 32 ? 1 : ReductionPlan.group(size);
        long outputs = out.shape().elements();
        Arguments arguments = new Arguments()
                .i32(group)
                .i64(outputs)
                .i64(size)
                .i64(inner)
                .array(in)
                .array(out);
        Kernel kernel = Types.kernel("argmax", "along", in.dtype());
        launcher.launch(new Launch(kernel, groups(outputs, group), 0, arguments));
    }

    private static Grid groups(long outputs, int group) {
        return new Grid(Grid.linear(outputs, Types.THREADS / group, 1).x(), 1, 1, Types.THREADS);
    }
}
