package dev.backlight.models.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.nn.Parameter;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.weights.Safetensors;
import dev.backlight.models.weights.StateDict;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A training on disk: all tensors, of the network and of the optimiser, and the {@link Progress} as JSON in the metadata.
 * One file, so that the two can never disagree; it is replaced only by a complete one.
 */
final class Checkpoint {
    private static final String PROGRESS = "backlight.training";
    private static final JsonMapper JSON = new JsonMapper();

    private Checkpoint() {}

    static void write(Path file, Map<String, Parameter> tensors, Progress progress) {
        List<NamedArray> arrays = tensors.entrySet().stream()
                .map(entry -> NamedArray.of(
                        entry.getKey(),
                        entry.getValue().shape(),
                        entry.getValue().value().toFloats()))
                .toList();
        try {
            Safetensors.write(file, StateDict.of(arrays), Map.of(PROGRESS, JSON.writeValueAsString(progress)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a progress always has a JSON form", e);
        }
    }

    /**
     * Puts the saved tensors into place.
     *
     * @throws ModelFormatException where the file is damaged, of other tensors, or of a training under another plan
     */
    static Progress read(Path file, Map<String, Parameter> tensors, Progress expected) {
        Safetensors.Contents contents = Safetensors.read(file);
        Progress saved = progress(contents, file);
        if (!saved.plan().equals(expected.plan()) || saved.stepsPerEpoch() != expected.stepsPerEpoch()) {
            throw new ModelFormatException(file + " belongs to another training (" + saved.plan()
                    + "): resume with its settings, or choose another output folder; these settings are "
                    + expected.plan());
        }
        tensors.forEach(
                (name, parameter) -> assign(parameter, contents.tensors().get(name)));
        return saved;
    }

    private static Progress progress(Safetensors.Contents contents, Path file) {
        String json = contents.metadata().get(PROGRESS);
        if (json == null) {
            throw new ModelFormatException(file + ": expected a checkpoint of a training, found other weights");
        }
        try {
            return JSON.readValue(json, Progress.class);
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(file + ", metadata: damaged: " + e.getOriginalMessage(), e);
        }
    }

    private static void assign(Parameter parameter, NamedArray saved) {
        try (Scope scope = Scope.open()) {
            parameter.assign(Tensor.of(parameter.value().backend(), saved.shape(), saved.floats()));
        }
    }
}
