package dev.backlight.engine.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.shape.DType;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a forward pass needs on the way goes back to the pool with it, not only with its caller's scope. */
class TemporariesTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.backlight.engine.check.OpCatalogue#samples")
    void anUnrecordedOpLeavesItsResultAlone(OpSample sample) {
        Tape tape = new Tape();
        List<Tensor> watched = sample.on(new ReferenceBackend(), DType.F64).stream()
                .map(tape::watch)
                .toList();
        Tensor result = sample.function().apply(watched);
        assertEquals(tape, result.tape());
        for (Application application : tape.applications()) {
            List<Tensor> inputs =
                    application.inputs().stream().map(Tensor::detached).toList();
            try (Scope scope = Scope.open()) {
                Tensor output = application.op().forward(inputs);
                boolean isView = inputs.stream().anyMatch(input -> input.storage() == output.storage());
                assertEquals(isView ? 0 : 1, scope.size(), application.op().name());
            }
        }
    }
}
