package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import java.util.List;

/** Functions of single elements: dense operands by {@code elementwise.cu}, others as chains of one link. */
final class Elementwise {
    private static final String MODULE = "elementwise";

    private final Launcher launcher;
    private final Chains chains;

    Elementwise(Launcher launcher, Chains chains) {
        this.launcher = launcher;
        this.chains = chains;
    }

    void fill(double value, DeviceArray out) {
        Arguments arguments = new Arguments().f64(value).array(out).i64(elements(out));
        launch(Types.kernel(MODULE, "fill", out.dtype()), Types.packs(out), arguments);
    }

    void cast(DeviceArray in, DeviceArray out) {
        Kernel kernel = Types.kernel(MODULE, "cast_" + Types.suffix(in.dtype()), out.dtype());
        int pack = Math.max(Types.pack(in.dtype()), Types.pack(out.dtype()));
        Grid grid = Grid.linear(elements(out), pack, Types.THREADS);
        launch(kernel, grid, new Arguments().array(in).array(out).i64(elements(out)));
    }

    void unary(Primitive.Unary unary, DeviceArray in, DeviceArray out) {
        Arguments arguments = new Arguments()
                .i32(Codes.of(unary.function()))
                .f64(unary.alpha())
                .f64(unary.beta())
                .array(in)
                .array(out)
                .i64(elements(out));
        launch(Types.kernel(MODULE, "unary", out.dtype()), Types.packs(out), arguments);
    }

    void binary(Primitive.Binary binary, DeviceArray a, DeviceArray b, DeviceArray out) {
        if (elements(a) != elements(out) || elements(b) != elements(out)) {
            single(binary, List.of(a, b), out);
            return;
        }
        Arguments arguments = new Arguments()
                .i32(Codes.of(binary.function()))
                .array(a)
                .array(b)
                .array(out)
                .i64(elements(out));
        launch(Types.kernel(MODULE, "binary", out.dtype()), Types.packs(out), arguments);
    }

    /** Any primitive that may stand in a chain, alone. */
    void single(Primitive primitive, List<DeviceArray> in, DeviceArray out) {
        chains.run(Primitive.Fused.of(primitive, in.size()), in, out);
    }

    private void launch(Kernel kernel, Grid grid, Arguments arguments) {
        launcher.launch(new Launch(kernel, grid, 0, arguments));
    }

    private static long elements(DeviceArray array) {
        return array.shape().elements();
    }
}
