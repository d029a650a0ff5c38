package dev.backlight.models.data;

import dev.backlight.engine.io.HeapBudget;
import dev.backlight.engine.io.MappedFile;
import dev.backlight.engine.shape.ModelFormatException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * MNIST and Fashion-MNIST as published: grey pictures and labels in idx files, plain or gzipped.
 *
 * @see <a href="https://yann.lecun.org/exdb/mnist/">the idx format</a>
 */
public final class IdxFiles {
    private static final int UNSIGNED_BYTES = 0x08;
    private static final ClassNames DIGITS =
            ClassNames.of(IntStream.range(0, 10).mapToObj(Integer::toString).toList());
    private static final ClassNames CLOTHES = ClassNames.of(List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"));

    private IdxFiles() {}

    /**
     * The 60,000 training or 10,000 test pictures of MNIST, from a folder with the files under their published names.
     *
     * @throws ModelFormatException where a file is missing, damaged or cut short
     */
    public static ImageDataset mnist(Path folder, boolean training) {
        return read(folder, training, DIGITS);
    }

    /** Fashion-MNIST, likewise. */
    public static ImageDataset fashionMnist(Path folder, boolean training) {
        return read(folder, training, CLOTHES);
    }

    private static ImageDataset read(Path folder, boolean training, ClassNames classes) {
        String prefix = training ? "train" : "t10k";
        Path images = find(folder, prefix + "-images-idx3-ubyte", prefix + "-images.idx3-ubyte");
        Path labels = find(folder, prefix + "-labels-idx1-ubyte", prefix + "-labels.idx1-ubyte");
        return read(images, labels, classes);
    }

    private static Path find(Path folder, String... names) {
        return Stream.of(names)
                .flatMap(name -> Stream.of(name, name + ".gz"))
                .map(folder::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new ModelFormatException(
                        folder + ": expected a file " + names[0] + " or " + names[0] + ".gz, found neither"));
    }

    /**
     * Pictures and labels from two idx files of unsigned bytes, of rank 3 and 1.
     *
     * @throws ModelFormatException where a file is missing, damaged, cut short, or the two do not fit together
     */
    public static ImageDataset read(Path images, Path labels, ClassNames classes) {
        Idx pictures = idx(images, 3);
        Idx classOf = idx(labels, 1);
        if (pictures.sizes[0] != classOf.sizes[0]) {
            throw new ModelFormatException(labels + ": expected a label for each of the " + pictures.sizes[0]
                    + " pictures, found " + classOf.sizes[0]);
        }
        for (byte label : classOf.data) {
            if ((label & 0xff) >= classes.size()) {
                throw new ModelFormatException(
                        labels + ": expected labels below " + classes.size() + ", found " + (label & 0xff));
            }
        }
        String origin = String.valueOf(images.getFileName()).replaceFirst("[-.]idx3.*$", "");
        return new PixelDataset(
                origin, pictures.sizes[2], pictures.sizes[1], true, pictures.data, classOf.data, classes);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Idx(int[] sizes, byte[] data) {}

    private static Idx idx(Path file, int rank) {
        MappedFile.requireReadable(file);
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                DataInputStream in = new DataInputStream(isGzip(raw) ? new GZIPInputStream(raw, 1 << 16) : raw)) {
            int magic = in.readInt();
            if (magic != ((UNSIGNED_BYTES << 8) | rank)) {
                throw new ModelFormatException(file + ", byte 0: expected the magic number 0x0000080" + rank
                        + " of an idx file of bytes of rank " + rank + ", found 0x%08x".formatted(magic));
            }
            int[] sizes = new int[rank];
            for (int i = 0; i < rank; i++) {
                sizes[i] = in.readInt();
            }
            long[] stated = Arrays.stream(sizes).asLongStream().toArray();
            HeapBudget budget = new HeapBudget(file.toString());
            int count = (int) budget.shape("header", stated).elements();
            budget.take("header", count);
            byte[] data = in.readNBytes(count);
            if (data.length < count) {
                throw new EOFException("expected " + count + " bytes of data, found " + data.length);
            }
            return new Idx(sizes, data);
        } catch (EOFException e) {
            throw new ModelFormatException(file + " is cut short: " + e.getMessage(), e);
        } catch (IOException e) {
            throw MappedFile.unreadable(file, e);
        }
    }

    private static boolean isGzip(InputStream in) throws IOException {
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip;
    }
}
