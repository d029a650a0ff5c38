package dev.backlight.models.data;

import dev.backlight.engine.io.MappedFile;
import dev.backlight.engine.shape.ModelFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** CIFAR-10 in the forms it is found in; the zip archives with one folder per class are {@link ImageFolder}s. */
public final class Cifar10 {
    /** The ten classes, in their published order, which is that of the alphabet. */
    public static final ClassNames CLASSES = ClassNames.of(
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"));

    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;
    private static final int BYTES = 3 * PLANE;
    private static final int RECORD = 1 + BYTES;

    private Cifar10() {}

    /**
     * The published binary version: files {@code data_batch_1.bin} to {@code 5} or {@code test_batch.bin}, each of records
     * of a label and 1024 red, green and blue bytes.
     *
     * @throws ModelFormatException where a file is missing, not of whole records, or holds a label beyond 9
     */
    public static ImageDataset binary(List<Path> files) {
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        ByteArrayOutputStream labels = new ByteArrayOutputStream();
        for (Path file : files) {
            byte[] records = bytes(file);
            if (records.length == 0 || records.length % RECORD != 0) {
                throw new ModelFormatException(file + ": expected records of " + RECORD + " bytes each, found "
                        + records.length + " bytes (cut short or of another format)");
            }
            for (int at = 0; at < records.length; at += RECORD) {
                requireLabel(records[at] & 0xff, file);
                labels.write(records[at]);
                pixels.writeBytes(interleaved(records, at + 1));
            }
        }
        return dataset("cifar10", pixels.toByteArray(), labels.toByteArray());
    }

    private static byte[] interleaved(byte[] planes, int start) {
        byte[] rgb = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            rgb[i] = planes[start + (i % 3) * PLANE + i / 3];
        }
        return rgb;
    }

    /**
     * Pictures as rows of PNG files, each row the 1024 pixels of one picture, with their labels in a text file.
     *
     * @param batches in the order of the labels
     * @param labels one number from 0 to 9 per line
     * @throws ModelFormatException where a file is missing or damaged, a row has other than 1024 pixels, or pictures and
     *     labels differ in number
     */
    public static ImageDataset pngRows(List<Path> batches, Path labels) {
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        for (Path file : batches) {
            Picture batch = ImageFile.read(file);
            if (batch.width() != PLANE) {
                throw new ModelFormatException(file + ": expected rows of " + PLANE
                        + " pixels, one picture of 32×32 each," + " found rows of " + batch.width());
            }
            pixels.writeBytes(batch.rgb());
        }
        List<Byte> classes = new ArrayList<>();
        for (String line : new String(bytes(labels), StandardCharsets.ISO_8859_1).split("\\s+", -1)) {
            if (!line.isEmpty()) {
                int label = line.matches("\\d{1,3}") ? Integer.parseInt(line) : -1;
                requireLabel(label, labels);
                classes.add((byte) label);
            }
        }
        if (classes.size() != pixels.size() / BYTES) {
            throw new ModelFormatException(labels + ": expected a label for each of the " + pixels.size() / BYTES
                    + " pictures, found " + classes.size());
        }
        byte[] all = new byte[classes.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = classes.get(i);
        }
        return dataset("cifar10-png", pixels.toByteArray(), all);
    }

    private static ImageDataset dataset(String origin, byte[] pixels, byte[] labels) {
        return new PixelDataset(origin, SIDE, SIDE, false, pixels, labels, CLASSES);
    }

    private static void requireLabel(int label, Path file) {
        if (label < 0 || label >= CLASSES.size()) {
            throw new ModelFormatException(
                    file + ": expected labels from 0 to 9, found " + (label < 0 ? "other text" : label));
        }
    }

    private static byte[] bytes(Path file) {
        MappedFile.requireReadable(file);
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw MappedFile.unreadable(file, e);
        }
    }
}
