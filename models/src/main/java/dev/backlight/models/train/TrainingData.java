package dev.backlight.models.train;

import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.data.Augmentation;
import dev.backlight.models.data.Cifar10;
import dev.backlight.models.data.IdxFiles;
import dev.backlight.models.data.ImageDataset;
import dev.backlight.models.data.ImageFolder;
import dev.backlight.models.data.Preprocessing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A data set to train on, with how its pictures are usually fed and varied.
 *
 * @param name mnist, fashion-mnist or cifar10
 */
public record TrainingData(
        String name, ImageDataset training, ImageDataset test, Preprocessing preprocessing, Augmentation augmentation) {
    /**
     * Opens MNIST or Fashion-MNIST (idx files, plain or gzipped; a folder whose path mentions fashion holds the latter) or
     * CIFAR-10 (its binary version, or {@code cifar10_train_jpg.zip} and {@code cifar10_test_jpg.zip} with one folder per
     * class), whichever the folder holds.
     *
     * @throws ModelFormatException where it holds none of them, or files are damaged
     */
    public static TrainingData open(Path folder) {
        if (Files.exists(folder.resolve("cifar10_train_jpg.zip"))) {
            return cifar10(
                    ImageFolder.perClass(folder.resolve("cifar10_train_jpg.zip")),
                    ImageFolder.perClass(folder.resolve("cifar10_test_jpg.zip")));
        }
        if (Files.exists(folder.resolve("data_batch_1.bin"))) {
            List<Path> batches = IntStream.rangeClosed(1, 5)
                    .mapToObj(i -> folder.resolve("data_batch_" + i + ".bin"))
                    .toList();
            return cifar10(Cifar10.binary(batches), Cifar10.binary(List.of(folder.resolve("test_batch.bin"))));
        }
        if (!Files.isDirectory(folder)) {
            throw new ModelFormatException("data folder " + folder + " does not exist or is no folder: check the path");
        }
        return idx(folder);
    }

    private static TrainingData cifar10(ImageDataset training, ImageDataset test) {
        return new TrainingData("cifar10", training, test, Preprocessing.preset("cifar"), Augmentation.CIFAR);
    }

    private static TrainingData idx(Path folder) {
        boolean clothes =
                folder.toAbsolutePath().toString().toLowerCase(Locale.ROOT).contains("fashion");
        return new TrainingData(
                clothes ? "fashion-mnist" : "mnist",
                clothes ? IdxFiles.fashionMnist(folder, true) : IdxFiles.mnist(folder, true),
                clothes ? IdxFiles.fashionMnist(folder, false) : IdxFiles.mnist(folder, false),
                Preprocessing.preset("mnist"),
                new Augmentation(2, clothes, 0, 0));
    }
}
