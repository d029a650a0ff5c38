package dev.backlight.cli;

import dev.backlight.models.onnx.OnnxSummary;
import dev.backlight.models.onnx.graph.ValueInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@code backlight inspect} says about an ONNX file before its layers. */
final class OnnxInspection {
    private OnnxInspection() {}

    static String asText(OnnxSummary file) {
        String sets = file.opsets().entrySet().stream()
                .map(set -> set.getKey().isEmpty() ? "ONNX " + set.getValue() : set.getKey() + " " + set.getValue())
                .collect(Collectors.joining(", "));
        String operators = file.operators().entrySet().stream()
                .map(operator -> operator.getKey() + " " + operator.getValue())
                .collect(Collectors.joining(", "));
        StringBuilder text =
                new StringBuilder("operator sets: %s%ninputs: %s%noutputs: %s%noperators: %s%nweights: %s%n"
                        .formatted(
                                sets,
                                listed(file.inputs()),
                                listed(file.outputs()),
                                operators,
                                String.format(Locale.ROOT, "%,d", file.weights())));
        for (String unsupported : file.unsupported()) {
            text.append("not supported: ").append(unsupported).append(System.lineSeparator());
        }
        return text.append(System.lineSeparator()).toString();
    }

    static Map<String, Object> asJson(OnnxSummary file) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("opsets", file.opsets());
        all.put("inputs", file.inputs().stream().map(ValueInfo::toString).toList());
        all.put("outputs", file.outputs().stream().map(ValueInfo::toString).toList());
        all.put("operators", file.operators());
        all.put("weights", file.weights());
        all.put("unsupported", file.unsupported());
        return all;
    }

    private static String listed(List<ValueInfo> values) {
        return values.stream().map(ValueInfo::toString).collect(Collectors.joining(", "));
    }
}
