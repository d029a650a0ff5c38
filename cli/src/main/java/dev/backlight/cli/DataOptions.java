package dev.backlight.cli;

import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.data.ClassNames;
import dev.backlight.models.data.ImageDataset;
import dev.backlight.models.data.ImageDatasets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which pictures to measure on. */
final class DataOptions {
    @Option(
            names = {"-d", "--data"},
            paramLabel = "DIR|ZIP",
            required = true,
            description =
                    "A data set (MNIST's files, CIFAR-10's batches, one folder per class, file names that begin with"
                            + " the identifier of a class) or a folder of pictures.")
    private Path data;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "0",
            description = "Measure on N pictures drawn by the seed, 0 for all (default: ${DEFAULT-VALUE}).")
    private int count;

    /**
     * The pictures asked for, test pictures where the data set has such.
     *
     * @throws dev.backlight.engine.shape.BacklightException when there are none
     */
    ImageDataset open(Optional<ClassNames> names, long seed) {
        return Sample.of(whole(names), count, seed);
    }

    /** A folder that is no data set may still hold pictures, without labels. */
    private ImageDataset whole(Optional<ClassNames> names) {
        try {
            return ImageDatasets.open(data, false, names);
        } catch (ModelFormatException e) {
            if (UnlabelledFolder.isOne(data)) {
                return UnlabelledFolder.open(data);
            }
            throw e;
        }
    }

    /** For results. */
    String describe(ImageDataset opened) {
        return data + (Files.isDirectory(data) ? "/" : "") + ", " + opened.size() + " pictures";
    }
}
