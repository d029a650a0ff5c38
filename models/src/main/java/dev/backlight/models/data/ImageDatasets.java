package dev.backlight.models.data;

import dev.backlight.engine.io.MappedFile;
import dev.backlight.engine.shape.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Data sets by where they lie: what is found there decides how they are read. */
public final class ImageDatasets {
    private static final String TRAINING = "train";
    private static final List<String> TESTING = List.of("test", "val");

    private ImageDatasets() {}

    /**
     * Opens, whichever is found first: MNIST's idx files (Fashion-MNIST's where the path says so); CIFAR-10's binary
     * batches; an archive or a folder in {@code root} whose name speaks of the wanted part, such as
     * {@code cifar10_train_jpg.zip} or {@code val}; images by identifier where {@code classes} has such and they fit; one
     * folder per class.
     *
     * @param root a folder or a zip archive
     * @param training whether the training pictures are wanted, where there are others for testing
     * @param classes names to take instead of the folders' own
     * @throws ModelFormatException where there is no data set, or it is damaged
     */
    public static ImageDataset open(Path root, boolean training, Optional<ClassNames> classes) {
        if (!Files.isDirectory(root)) {
            return images(root, classes);
        }
        List<Path> entries = entries(root);
        String idx = (training ? "train" : "t10k") + "-images";
        if (entries.stream().anyMatch(entry -> name(entry).startsWith(idx))) {
            boolean fashion =
                    root.toAbsolutePath().toString().toLowerCase(Locale.ROOT).contains("fashion");
            return fashion ? IdxFiles.fashionMnist(root, training) : IdxFiles.mnist(root, training);
        }
        List<Path> batches = entries.stream()
                .filter(entry -> name(entry).matches(training ? "data_batch_\\d\\.bin" : "test_batch\\.bin"))
                .toList();
        if (!batches.isEmpty()) {
            return Cifar10.binary(batches);
        }
        return images(part(entries, training).orElse(root), classes);
    }

    private static ImageDataset images(Path root, Optional<ClassNames> classes) {
        return classes.filter(ClassNames::hasIdentifiers)
                .map(names -> ImageFolder.byIdentifier(root, names))
                .orElseGet(() -> ImageFolder.perClass(root));
    }

    /** The folder or archive of the wanted part, where just one entry is named so. */
    private static Optional<Path> part(List<Path> entries, boolean training) {
        List<Path> parts = entries.stream()
                .filter(entry -> Files.isDirectory(entry) || name(entry).endsWith(".zip"))
                .filter(entry -> training
                        ? name(entry).contains(TRAINING)
                        : TESTING.stream().anyMatch(name(entry)::contains))
                .toList();
        return parts.size() == 1 ? Optional.of(parts.getFirst()) : Optional.empty();
    }

    private static String name(Path entry) {
        return String.valueOf(entry.getFileName()).toLowerCase(Locale.ROOT);
    }

    private static List<Path> entries(Path root) {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw MappedFile.unreadable(root, e);
        }
    }
}
