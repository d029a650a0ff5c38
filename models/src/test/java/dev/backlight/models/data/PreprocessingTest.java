package dev.backlight.models.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.io.Npz;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import dev.backlight.models.SharedData;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessingTest {
    private static Picture pattern() {
        byte[] rgb = new byte[3 * 37 * 23];
        for (int y = 0, at = 0; y < 23; y++) {
            for (int x = 0; x < 37; x++) {
                for (int channel = 0; channel < 3; channel++) {
                    rgb[at++] = (byte) (x * x * 7 + y * 13 + channel * 50);
                }
            }
        }
        return new Picture(37, 23, rgb);
    }

    /** Checksums of what Pillow 12.3's Image.resize(…, BILINEAR) makes of the same pattern. */
    @ParameterizedTest
    @CsvSource({
        "37, 23, f9f70beb",
        "10, 7, 837abd2e",
        "64, 64, 65266f08",
        "5, 40, ca55afad",
        "100, 3, 742b928b",
        "36, 23, 95c61749",
        "1, 1, 5bd50299"
    })
    void resizesAsPillowToTheBit(int width, int height, String checksum) {
        CRC32 crc = new CRC32();
        crc.update(BilinearResize.resize(pattern(), width, height).rgb());
        assertEquals(checksum, Long.toHexString(crc.getValue()));
    }

    @Test
    void torchvisionNumbers() {
        byte[] rgb = new byte[3 * 300 * 500];
        for (int i = 0; i < rgb.length; i += 3) {
            rgb[i] = (byte) 255;
            rgb[i + 1] = (byte) 128;
        }
        Preprocessing preprocessing = Preprocessing.preset("torchvision");
        float[] values = preprocessing.apply(new Picture(300, 500, rgb));
        assertEquals(Shape.of(3, 224, 224), preprocessing.shape());
        assertEquals((1 - 0.485) / 0.229, values[0], 1e-5);
        assertEquals((128 / 255.0 - 0.456) / 0.224, values[224 * 224 + 5000], 1e-5);
        assertEquals(-0.406 / 0.225, values[3 * 224 * 224 - 1], 1e-5);
    }

    @Test
    void caffeOrdersBlueFirst() {
        byte[] rgb = new byte[3 * 4];
        for (int i = 0; i < 4; i++) {
            rgb[3 * i] = 10;
            rgb[3 * i + 1] = 20;
            rgb[3 * i + 2] = 30;
        }
        float[] values = Preprocessing.preset("caffe-bgr").withSize(2).apply(new Picture(2, 2, rgb));
        assertEquals(30 - 104, values[0]);
        assertEquals(20 - 117, values[4]);
        assertEquals(10 - 123, values[8]);
    }

    @Test
    void greyIsLuma() {
        float[] values =
                Preprocessing.preset("mnist").withSize(1).apply(new Picture(1, 1, new byte[] {(byte) 255, 0, 0}));
        assertEquals((0.299 - 0.1307) / 0.3081, values[0], 1e-6);
    }

    /** A mark in the picture is found again at the place in the crop that the region says. */
    @ParameterizedTest
    @CsvSource({"torchvision, 700, 500", "torchvision, 400, 900", "caffe-bgr, 300, 300", "cifar, 320, 64"})
    void regionMapsTheCropBackToThePicture(String preset, int width, int height) {
        Preprocessing preprocessing = Preprocessing.preset(preset);
        Picture black = new Picture(width, height, new byte[3 * width * height]);
        Preprocessing.Region region = preprocessing.region(black);
        int markX = (int) (region.left() + 0.25 * region.width());
        int markY = (int) (region.top() + 0.75 * region.height());
        for (int y = markY - 4; y < markY + 4; y++) {
            Arrays.fill(black.rgb(), 3 * (y * width + markX - 4), 3 * (y * width + markX + 4), (byte) 255);
        }
        Picture crop = preprocessing.crop(black);
        double sum = 0;
        double sumX = 0;
        double sumY = 0;
        for (int y = 0; y < crop.height(); y++) {
            for (int x = 0; x < crop.width(); x++) {
                sum += crop.at(x, y, 0);
                sumX += crop.at(x, y, 0) * (x + 0.5);
                sumY += crop.at(x, y, 0) * (y + 0.5);
            }
        }
        assertTrue(sum > 0);
        assertEquals(markX, region.left() + sumX / sum * region.width() / crop.width(), 1);
        assertEquals(markY, region.top() + sumY / sum * region.height() / crop.height(), 1);
    }

    /** The references were made with Pillow too, but with the crop's place rounded down. */
    @Test
    void matchesTheReferenceInputOfSqueezeNet() {
        var reference = Npz.read(SharedData.require("reference/squeezenet1.1_ncnn_fp32.npz"));
        Picture picture = ImageFile.read(SharedData.require("images/imagenet-samples/n02099601_golden_retriever.JPEG"));
        Picture crop = BilinearResize.resize(picture, 227, 378).crop(0, 75, 227, 227);
        float[] expected = reference.values().stream()
                .filter(array -> array.name().equals("input"))
                .findFirst()
                .orElseThrow()
                .floats();
        float[] actual = new float[3 * 227 * 227];
        Preprocessing.preset("caffe-bgr").write(crop, actual, 0);
        for (int i = 0; i < actual.length; i++) {
            assertEquals(expected[actual.length + i], actual[i], 1e-4);
        }
    }

    @Test
    void whatDoesNotFitIsNamed() {
        assertTrue(String.valueOf(assertThrows(ShapeException.class, () -> Preprocessing.preset("vgg"))
                        .getMessage())
                .contains("caffe-bgr, cifar, mnist, torchvision, zero-one"));
        assertThrows(
                ShapeException.class, () -> Preprocessing.preset("cifar").write(pattern(), new float[3 * 37 * 23], 0));
    }
}
