package dev.backlight.models.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerSummaryTest {
    private static final Backend BACKEND = Backends.named("reference", 1);

    private static LayerSummary summary(String name, int side) {
        Layer network = Zoo.named(name).build(3, 10);
        network.initialise(BACKEND, DType.F32, 1);
        return LayerSummary.of(network, Tensor.full(BACKEND, DType.F32, Shape.of(1, 3, side, side), 0.5));
    }

    /** He et al. 2016 state 0.27 M parameters; 40.55 M multiply-adds follow from their table of layers. */
    @Test
    void residualNetworkAddsUpToItsPublishedSize() {
        LayerSummary summary = summary("resnet20", 32);
        assertEquals(269_722, summary.trainable());
        assertEquals(
                269_722,
                summary.rows().stream().mapToLong(LayerSummary.Row::parameters).sum());
        assertEquals(40_551_040, summary.multiplyAdds());
    }

    @Test
    void rowsTellWhatStandsWhere() {
        List<LayerSummary.Row> rows = summary("resnet20", 32).rows();
        assertEquals(
                new LayerSummary.Row("conv1", List.of("Conv2d"), Shape.of(1, 16, 32, 32), 432, 442_368),
                rows.getFirst());
        assertEquals(new LayerSummary.Row("linear", List.of("Linear"), Shape.of(1, 10), 650, 640), rows.getLast());
        LayerSummary.Row block = rows.stream()
                .filter(row -> row.path().equals("layer2.0"))
                .findFirst()
                .orElseThrow();
        assertEquals(List.of("Add"), block.ops());
        assertEquals(Shape.of(1, 32, 16, 16), block.output());
    }
}
