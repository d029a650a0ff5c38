package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import java.util.List;

/** The learned propagation rule and its first two derivatives, one launch each. */
final class LearnedRules {
    private static final int POINTERS = 6;

    private final Launcher launcher;

    LearnedRules(Launcher launcher) {
        this.launcher = launcher;
    }

    void compute(int order, List<DeviceArray> in, DeviceArray out) {
        DeviceArray x = in.getFirst();
        Struct rule = new Struct((POINTERS + 1) * Long.BYTES);
        for (int i = 0; i < POINTERS - 1; i++) {
            rule.i64(i < in.size() ? DeviceMemory.address(in.get(i)) : 0);
        }
        rule.array(out).i64(x.shape().elements());
        Kernel kernel = Types.floatingKernel("rules", "order" + order, out.dtype());
        launcher.launch(new Launch(kernel, Types.packs(x), 0, new Arguments().bytes(rule.finished())));
    }
}
