package dev.backlight.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backlight.engine.io.AtomicFile;
import dev.backlight.models.data.Preprocessing;
import dev.backlight.models.train.EpochReport;
import dev.backlight.models.train.TrainingData;
import dev.backlight.models.train.TrainingPlan;
import dev.backlight.models.train.TrainingResult;
import dev.backlight.models.vision.Classifier;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The facts about a trained model that somebody who is handed it should know.
 *
 * @param trainCount pictures trained on
 * @param testCount pictures tested on
 * @param command that trained it
 * @param device that it was trained on
 */
record ModelCard(
        Classifier classifier,
        TrainingData data,
        TrainingPlan plan,
        TrainingResult result,
        int trainCount,
        int testCount,
        String command,
        String device) {

    /** Writes the card as JSON, whole or not at all. */
    void write(Path file) {
        AtomicFile.write(
                file,
                out -> out.write(
                        new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(facts())));
    }

    private Map<String, Object> facts() {
        List<EpochReport> epochs = result.epochs();
        Preprocessing preprocessing = classifier.preprocessing();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("architecture", classifier.architecture());
        facts.put("parameters", classifier.network().parameterCount());
        facts.put("classes", classifier.classes().names());
        facts.put("preprocessing", PreprocessingOptions.describe(preprocessing));
        facts.put("data", data.name());
        facts.put("trainingPictures", trainCount);
        facts.put("testPictures", testCount);
        facts.put("testAccuracy", epochs.getLast().testAccuracy());
        facts.put("testLoss", epochs.getLast().testLoss());
        facts.put("seed", plan.seed());
        facts.put("plan", plan.toString());
        facts.put("command", command);
        facts.put("seconds", epochs.stream().mapToDouble(EpochReport::seconds).sum());
        facts.put("device", device);
        facts.put("program", Versions.program());
        facts.put("java", Versions.java());
        facts.put("finished", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("epochs", epochs);
        return facts;
    }
}
