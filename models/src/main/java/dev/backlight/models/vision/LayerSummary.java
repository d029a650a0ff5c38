package dev.backlight.models.vision;

import dev.backlight.engine.autodiff.Application;
import dev.backlight.engine.autodiff.Tape;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.shape.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a network consists of, as it is seen on a tape: one row per name path, in the order of first use. It holds for any
 * network, imported ones included, since it asks what was computed and not how it is written.
 *
 * @param trainable how many of the network's numbers can be trained; a parameter used twice counts once
 * @param activationBytes what the results of all ops take together, as a tape keeps them for the way back
 */
public record LayerSummary(List<Row> rows, long trainable, long activationBytes) {
    /** Copies the rows. */
    public LayerSummary {
        rows = List.copyOf(rows);
    }

    /**
     * One name path.
     *
     * @param path such as {@code layer1.0.conv2}; empty for what the network itself computes
     * @param ops the names of what is applied there, in order, each once
     * @param output the shape that the last of them gives
     * @param parameters trainable numbers first used here
     * @param multiplyAdds of convolutions and matrix products, for the whole batch
     */
    public record Row(String path, List<String> ops, Shape output, long parameters, long multiplyAdds) {
        /** Copies the names. */
        public Row {
            ops = List.copyOf(ops);
        }
    }

    /**
     * Applies a network and writes down what happened.
     *
     * @param network with values
     * @param input of any batch size; its numbers do not matter
     */
    public static LayerSummary of(Layer network, Tensor input) {
        IdentityHashMap<Storage, Long> unused = new IdentityHashMap<>();
        for (Parameter parameter : network.parameters()) {
            unused.put(parameter.value().storage(), parameter.shape().elements());
        }
        try (Scope scope = Scope.open()) {
            Tape tape = new Tape();
            network.apply(tape.watch(input));
            Map<String, List<Application>> byPath = tape.applications().stream()
                    .collect(Collectors.groupingBy(Application::path, LinkedHashMap::new, Collectors.toList()));
            List<Row> rows = new ArrayList<>();
            byPath.forEach((path, applications) -> rows.add(row(path, applications, unused)));
            long bytes = tape.applications().stream()
                    .mapToLong(at ->
                            at.output().shape().elements() * at.output().dtype().bytes())
                    .sum();
            return new LayerSummary(rows, network.parameterCount(), bytes);
        }
    }

    private static Row row(String path, List<Application> applications, IdentityHashMap<Storage, Long> unused) {
        long parameters = 0;
        for (Application application : applications) {
            for (Tensor operand : application.inputs()) {
                Long count = unused.remove(operand.storage());
                parameters += count == null ? 0 : count;
            }
        }
        return new Row(
                path,
                applications.stream().map(at -> at.op().name()).distinct().toList(),
                applications.getLast().output().shape(),
                parameters,
                applications.stream().mapToLong(MultiplyAdds::of).sum());
    }

    /** Multiply-adds of all rows. */
    public long multiplyAdds() {
        return rows.stream().mapToLong(Row::multiplyAdds).sum();
    }
}
