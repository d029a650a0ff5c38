package dev.backlight.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.SharedData;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ImageDatasetTest {
    @TempDir
    Path folder;

    private static String refusal(Executable read) {
        return String.valueOf(assertThrows(ModelFormatException.class, read).getMessage());
    }

    private void place(String path, String fixture) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.resolve(".."));
        Files.write(file, Fixtures.bytes(fixture));
    }

    @Test
    void foldersAndArchivesWithOneFolderPerClass() throws IOException {
        place("set/train/dog/b.png", "rgb8.png");
        place("set/train/dog/a.jpg", "rgb.jpg");
        place("set/train/cat/a.GIF", "rgb.gif");
        Files.writeString(folder.resolve("set/readme.txt"), "no image");
        Path archive = folder.resolve("set.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            for (String path :
                    List.of("train/", "train/dog/b.png", "train/cat/a.GIF", "train/dog/a.jpg", "readme.txt")) {
                zip.putNextEntry(new ZipEntry(path));
                if (!path.endsWith("/")) {
                    zip.write(Files.readAllBytes(folder.resolve("set").resolve(path)));
                }
            }
        }
        for (Path root : List.of(folder.resolve("set"), archive)) {
            ImageDataset set = ImageFolder.perClass(root);
            assertEquals(List.of("cat", "dog"), set.classes().names());
            assertEquals(3, set.size());
            assertEquals("train/cat/a.GIF", set.name(0));
            assertEquals(0, set.label(0));
            assertEquals(1, set.label(2));
            assertEquals(8, set.picture(2).width());
            AtomicInteger done = new AtomicInteger();
            ImageDataset kept = set.inMemory(count -> done.incrementAndGet());
            assertEquals(3, done.get());
            assertArrayEquals(set.picture(1).rgb(), kept.picture(1).rgb());
            assertEquals("train/dog/a.jpg", kept.name(1));
            assertEquals(1, kept.label(1));
        }
    }

    @Test
    void imagesByIdentifier() throws IOException {
        Path names = Files.writeString(
                folder.resolve("names.json"), "{\"0\":[\"n01\",\"tench\"],\"1\":[\"n02\",\"goldfish\"]}");
        place("set/n02_goldfish.JPEG", "rgb.jpg");
        place("set/n01/other.png", "rgb8.png");
        ImageDataset set = ImageFolder.byIdentifier(folder.resolve("set"), ClassNames.read(names));
        assertEquals(0, set.label(0));
        assertEquals(1, set.label(1));
        place("set/x.png", "rgb8.png");
        String message = refusal(() -> ImageFolder.byIdentifier(folder.resolve("set"), ClassNames.read(names)));
        assertTrue(message.contains("image x.png: expected a name that begins with"), message);
    }

    @Test
    void foldersWithoutImagesAreRefused() throws IOException {
        Files.writeString(folder.resolve("a.txt"), "");
        assertTrue(refusal(() -> ImageFolder.perClass(folder)).contains("one folder per class"));
        assertTrue(refusal(() -> ImageFolder.perClass(folder.resolve("none"))).contains("does not exist"));
        assertTrue(refusal(() -> ImageFolder.perClass(folder.resolve("a.txt"))).contains("zip archive"));
    }

    @Test
    void aDamagedImageIsNamedWithItsArchive() throws IOException {
        Files.createDirectories(folder.resolve("set/cat"));
        Files.writeString(folder.resolve("set/cat/a.png"), "no image");
        ImageDataset set = ImageFolder.perClass(folder.resolve("set"));
        assertTrue(refusal(() -> set.picture(0)).contains("set/cat/a.png is not an image"));
        assertTrue(refusal(() -> set.inMemory(count -> {})).contains("set/cat/a.png is not an image"));
    }

    private void idx(String name, boolean zipped, int... bytes) throws IOException {
        try (OutputStream file = Files.newOutputStream(folder.resolve(name));
                OutputStream out = zipped ? new GZIPOutputStream(file) : file) {
            for (int b : bytes) {
                out.write(b);
            }
        }
    }

    @Test
    void idxPlainAndZipped() throws IOException {
        for (boolean zipped : new boolean[] {false, true}) {
            String ending = zipped ? ".gz" : "";
            idx(
                    "train-images-idx3-ubyte" + ending,
                    zipped,
                    0,
                    0,
                    8,
                    3,
                    0,
                    0,
                    0,
                    2,
                    0,
                    0,
                    0,
                    1,
                    0,
                    0,
                    0,
                    2,
                    1,
                    2,
                    3,
                    255);
            idx("train-labels-idx1-ubyte" + ending, zipped, 0, 0, 8, 1, 0, 0, 0, 2, 7, 9);
            ImageDataset set = IdxFiles.mnist(folder, true);
            assertEquals(2, set.size());
            assertEquals(9, set.label(1));
            assertArrayEquals(new byte[] {3, 3, 3, -1, -1, -1}, set.picture(1).rgb());
            assertEquals("train-images-1", set.name(1));
            assertEquals(
                    "Ankle boot", IdxFiles.fashionMnist(folder, true).classes().name(9));
            Files.delete(folder.resolve("train-images-idx3-ubyte" + ending));
            Files.delete(folder.resolve("train-labels-idx1-ubyte" + ending));
        }
    }

    @Test
    void damagedIdxFilesAreNamed() throws IOException {
        assertTrue(refusal(() -> IdxFiles.mnist(folder, false)).contains("t10k-images-idx3-ubyte.gz, found neither"));
        idx("t10k-labels-idx1-ubyte", false, 0, 0, 8, 1, 0, 0, 0, 1, 3);
        idx("t10k-images-idx3-ubyte", false, 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 5);
        assertTrue(refusal(() -> IdxFiles.mnist(folder, false)).contains("cut short: expected 2 bytes"));
        idx("t10k-images-idx3-ubyte", false, 0, 0, 8, 3, 127, 255, 255, 255, 127, 255, 255, 255, 0, 0, 0, 1);
        assertTrue(refusal(() -> IdxFiles.mnist(folder, false)).contains("at most 2147483647 elements"));
        idx("t10k-images-idx3-ubyte", false, 0, 0, 13, 3, 0, 0, 0, 1);
        assertTrue(refusal(() -> IdxFiles.mnist(folder, false)).contains("found 0x00000d03"));
        idx("t10k-images-idx3-ubyte", false, 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 5, 6);
        assertTrue(refusal(() -> IdxFiles.mnist(folder, false)).contains("a label for each of the 2"));
        idx("t10k-labels-idx1-ubyte", false, 0, 0, 8, 1, 0, 0, 0, 2, 3, 10);
        assertTrue(refusal(() -> IdxFiles.mnist(folder, false)).contains("labels below 10, found 10"));
    }

    @Test
    void cifarBinaryIsPlanar() throws IOException {
        byte[] records = new byte[2 * 3073];
        records[3073] = 9;
        Arrays.fill(records, 3074, 3074 + 1024, (byte) 200);
        Arrays.fill(records, 3074 + 2048, 3074 + 3072, (byte) 50);
        Path file = Files.write(folder.resolve("data_batch_1.bin"), records);
        ImageDataset set = Cifar10.binary(List.of(file, file));
        assertEquals(4, set.size());
        assertEquals("truck", set.classes().name(set.label(3)));
        assertEquals(200, set.picture(3).at(31, 31, 0));
        assertEquals(0, set.picture(3).at(31, 31, 1));
        assertEquals(50, set.picture(3).at(0, 0, 2));
        Path cut = Files.write(folder.resolve("cut.bin"), Arrays.copyOf(records, 5000));
        assertTrue(refusal(() -> Cifar10.binary(List.of(cut))).contains("records of 3073 bytes"));
        records[0] = 10;
        Path bad = Files.write(folder.resolve("bad.bin"), records);
        assertTrue(refusal(() -> Cifar10.binary(List.of(bad))).contains("labels from 0 to 9, found 10"));
    }

    @Test
    void cifarRowsMustMatchTheirLabels() throws IOException {
        byte[] rgb = new byte[3 * 1024 * 2];
        rgb[3 * 1024 + 1] = 77;
        Path batch = folder.resolve("batch.png");
        ImageIO.write(new Picture(1024, 2, rgb).toImage(), "png", batch.toFile());
        Path labels = Files.writeString(folder.resolve("labels.txt"), "3\n6\n");
        ImageDataset set = Cifar10.pngRows(List.of(batch), labels);
        assertEquals(6, set.label(1));
        assertEquals(77, set.picture(1).at(0, 0, 1));
        assertTrue(refusal(() -> Cifar10.pngRows(List.of(batch, batch), labels)).contains("4 pictures, found 2"));
        Path words = Files.writeString(folder.resolve("words.txt"), "cat dog");
        assertTrue(refusal(() -> Cifar10.pngRows(List.of(batch), words)).contains("found other text"));
    }

    @Test
    void realMnist() {
        Path mnist = SharedData.require("mnist");
        ImageDataset train = IdxFiles.mnist(mnist, true);
        ImageDataset test = IdxFiles.mnist(mnist, false);
        assertEquals(60_000, train.size());
        assertEquals(10_000, test.size());
        int[] published = {5, 0, 4, 1, 9};
        for (int i = 0; i < published.length; i++) {
            assertEquals(published[i], train.label(i));
        }
        double sum = 0;
        for (int i = 0; i < train.size(); i++) {
            for (byte level : train.picture(i).rgb()) {
                sum += level & 0xff;
            }
        }
        assertEquals(0.1307, sum / 255 / (60_000.0 * 3 * 784), 5e-5); // the published mean
    }

    /** The lossless rows and the JPEG files show the same pictures: near ones exist, with the same label. */
    @Test
    void realCifar10() {
        Path cifar = SharedData.require("cifar10");
        List<Path> batches = List.of(cifar.resolve("cifar10_batch_0.png"), cifar.resolve("cifar10_batch_1.png"));
        assertTrue(refusal(() -> Cifar10.pngRows(batches, cifar.resolve("cifar10_png_labels.txt")))
                .contains("2000 pictures, found 4000"));
        ImageDataset test = ImageFolder.perClass(cifar.resolve("cifar10_test_jpg.zip"));
        assertEquals(10_000, test.size());
        assertEquals(Cifar10.CLASSES.names(), test.classes().names());
        assertEquals("test/truck/0999.jpg", test.name(9999));
        ImageDataset kept = test.inMemory(count -> {});
        int[] perClass = new int[10];
        for (int i = 0; i < kept.size(); i++) {
            assertEquals(32, kept.picture(i).width());
            perClass[kept.label(i)]++;
        }
        for (int count : perClass) {
            assertEquals(1000, count);
        }
    }

    @Test
    void realImageNetSamples() {
        ClassNames names = ClassNames.read(SharedData.require("imagenet_class_index.json"));
        ImageDataset set = ImageFolder.byIdentifier(SharedData.require("images/imagenet-samples"), names);
        assertEquals(44, set.size());
        assertEquals("goldfish", names.name(set.label(0)));
        assertEquals(1, set.label(0));
    }

    @Test
    void whatIsFoundDecidesHowItIsRead() throws IOException {
        place("parts/train/cat/a.png", "rgb8.png");
        place("parts/train/dog/a.png", "rgb8.png");
        place("parts/val/cat/b.png", "rgb8.png");
        assertEquals(
                2,
                ImageDatasets.open(folder.resolve("parts"), true, Optional.empty())
                        .size());
        assertEquals(
                1,
                ImageDatasets.open(folder.resolve("parts"), false, Optional.empty())
                        .size());
        Path names =
                Files.writeString(folder.resolve("names.json"), "{\"0\":[\"cat\",\"tabby\"],\"1\":[\"dog\",\"pug\"]}");
        ImageDataset named =
                ImageDatasets.open(folder.resolve("parts/train"), true, Optional.of(ClassNames.read(names)));
        assertEquals("pug", named.classes().name(named.label(1)));
        Files.createDirectories(folder.resolve("binary"));
        Files.write(folder.resolve("binary/data_batch_2.bin"), new byte[3073]);
        assertEquals(
                1,
                ImageDatasets.open(folder.resolve("binary"), true, Optional.empty())
                        .size());
        assertTrue(refusal(() -> ImageDatasets.open(folder.resolve("binary"), false, Optional.empty()))
                .contains("expected images"));
    }

    @Test
    void realSetsByTheirFolders() {
        Path cifar = SharedData.require("cifar10");
        assertEquals(50_000, ImageDatasets.open(cifar, true, Optional.empty()).size());
        assertEquals(10_000, ImageDatasets.open(cifar, false, Optional.empty()).size());
        ImageDataset mnist = ImageDatasets.open(SharedData.require("mnist"), false, Optional.empty());
        assertEquals("7", mnist.classes().name(mnist.label(0)));
    }
}
