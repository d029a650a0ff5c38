package dev.backlight.tests.cuda;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.kernels.sweep.Kind;
import dev.backlight.kernels.sweep.Sweep;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products and convolutions in each tile that they may be computed in, whatever would be chosen for their sizes. */
class CudaTilesTest {
    private static final List<Kind> SUMS =
            List.of(Kind.MATRIX_PRODUCT, Kind.CONVOLUTION, Kind.INPUT_GRADIENT, Kind.WEIGHT_GRADIENT);

    private static final int TF32_MANTISSA_BITS = 10;

    @ParameterizedTest
    @ValueSource(strings = {"128x128", "64x128", "64x64", "32x128", "32x32"})
    void agreesWithTheReference(String tile) {
        Sweep sweep = sweep(tile, "f32");
        SUMS.forEach(sweep::run);
    }

    @ParameterizedTest
    @ValueSource(strings = {"128x128", "64x64"})
    void agreesOnTensorCoresWithinTheirRounding(String tile) {
        Sweep sweep = sweep(tile, "tf32").withOperandsOf(TF32_MANTISSA_BITS);
        SUMS.forEach(sweep::run);
    }

    private static Sweep sweep(String tile, String precision) {
        Devices.cuda();
        Backend cuda = Backends.named("cuda", 1, Map.of("tile", tile, "precision", precision));
        return new Sweep("cuda in tiles of " + tile + " " + precision, cuda, cuda, Devices.extent());
    }
}
