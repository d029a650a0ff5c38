package dev.backlight.models.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFileTest {
    @TempDir
    Path folder;

    private static String refusal(Executable decode) {
        return String.valueOf(assertThrows(ModelFormatException.class, decode).getMessage());
    }

    private static int onWhite(int level, int alpha) {
        return (int) Math.rint((level * alpha + 255.0 * (255 - alpha)) / 255);
    }

    /** All lossless fixtures show red 32x, green 40y, blue 128, and where they are transparent alpha 51y. */
    @ParameterizedTest
    @CsvSource({
        "rgb8.png, false",
        "rgb16.png, false",
        "paletted.png, false",
        "rgba8.png, true",
        "rgba16.png, true",
        "paletted-transparent.png, true"
    })
    void coloursAreExact(String name, boolean transparent) throws IOException {
        Picture picture = Fixtures.picture(name);
        assertEquals(8, picture.width());
        assertEquals(6, picture.height());
        for (int y = 0; y < 6; y++) {
            for (int x = 0; x < 8; x++) {
                int alpha = transparent ? 51 * y : 255;
                assertEquals(onWhite(32 * x, alpha), picture.at(x, y, 0));
                assertEquals(onWhite(40 * y, alpha), picture.at(x, y, 1));
                assertEquals(onWhite(128, alpha), picture.at(x, y, 2));
            }
        }
    }

    /** Grey 32x + y: AWT's own conversion would brighten it. */
    @ParameterizedTest
    @CsvSource({"grey8.png, false", "grey16.png, false", "grey-alpha8.png, true"})
    void greysAreExact(String name, boolean transparent) throws IOException {
        Picture picture = Fixtures.picture(name);
        for (int y = 0; y < 6; y++) {
            for (int x = 0; x < 8; x++) {
                for (int channel = 0; channel < 3; channel++) {
                    assertEquals(onWhite(32 * x + y, transparent ? 51 * y : 255), picture.at(x, y, channel));
                }
            }
        }
    }

    @Test
    void oneBitPixelsAreBlackAndWhite() throws IOException {
        Picture picture = Fixtures.picture("grey1.png");
        assertEquals(0, picture.at(0, 0, 0));
        assertEquals(255, picture.at(1, 0, 1));
        assertEquals(255, picture.at(0, 1, 2));
    }

    @Test
    void aTransparentColourIsWhite() throws IOException {
        Picture picture = Fixtures.picture("rgb8-transparent-colour.png");
        assertEquals(255, picture.at(3, 2, 0));
        assertEquals(96, picture.at(3, 1, 0));
    }

    /** Left red (200, 30, 40), right blue (30, 60, 190). */
    @ParameterizedTest
    @CsvSource({"rgb.jpg, 6", "rgb.bmp, 0", "rgb.gif, 0", "cmyk.jpg, 6"})
    void lossyColoursAreClose(String name, int tolerance) throws IOException {
        Picture picture = Fixtures.picture(name);
        int[][] expected = {{200, 30, 40}, {30, 60, 190}};
        for (int side = 0; side < 2; side++) {
            for (int channel = 0; channel < 3; channel++) {
                assertEquals(expected[side][channel], picture.at(5 + 20 * side, 8, channel), tolerance);
            }
        }
    }

    @Test
    void greyJpegIsNotBrightened() throws IOException {
        Picture picture = Fixtures.picture("grey.jpg");
        assertEquals(60, picture.at(4, 4, 0), 2);
        assertEquals(200, picture.at(28, 4, 2), 2);
    }

    /** Where the stored picture's red left half comes to lie: at these coordinates, in a picture of this size. */
    @ParameterizedTest
    @CsvSource({
        "1, 32, 16, 5, 8",
        "2, 32, 16, 26, 8",
        "3, 32, 16, 26, 8",
        "4, 32, 16, 5, 8",
        "5, 16, 32, 8, 5",
        "6, 16, 32, 8, 5",
        "7, 16, 32, 8, 26",
        "8, 16, 32, 8, 26"
    })
    void exifOrientationIsHonoured(int tag, int width, int height, int redX, int redY) throws IOException {
        Picture picture = Fixtures.picture("exif-" + tag + ".jpg");
        assertEquals(width, picture.width());
        assertEquals(height, picture.height());
        assertEquals(200, picture.at(redX, redY, 0), 6);
        assertEquals(30, picture.at(width - 1 - redX, height - 1 - redY, 0), 6);
    }

    /** Corners of a 2×3 picture numbered row by row, for each tag as the Exif standard draws it. */
    @ParameterizedTest
    @CsvSource({"1, 012345", "2, 103254", "3, 543210", "4, 452301", "5, 024135", "6, 420531", "7, 531420", "8, 135024"})
    void everyOrientationMovesEveryPixel(int tag, String expected) {
        Picture turned = Orientation.upright(Picture.grey(2, 3, new byte[] {0, 1, 2, 3, 4, 5}), tag);
        StringBuilder levels = new StringBuilder();
        for (int i = 0; i < turned.rgb().length; i += 3) {
            levels.append(turned.rgb()[i]);
        }
        assertEquals(expected, levels.toString());
    }

    @Test
    void tooSmallAndTooLargeAreRefused() {
        String small = refusal(() -> Fixtures.picture("one-pixel.png"));
        assertTrue(small.startsWith("image one-pixel.png is 1×1 pixels: expected at least 2"), small);
        String large = refusal(() -> Fixtures.picture("huge.png"));
        assertTrue(large.contains("60000×60000"), large);
    }

    @Test
    void whatIsNoImageIsNamed() throws IOException {
        Path missing = folder.resolve("missing.png");
        assertTrue(refusal(() -> ImageFile.read(missing)).contains("does not exist"));
        Path empty = Files.write(folder.resolve("empty.png"), new byte[0]);
        assertTrue(refusal(() -> ImageFile.read(empty)).contains("is empty"));
        Path text = Files.writeString(folder.resolve("text.png"), "no image");
        assertTrue(refusal(() -> ImageFile.read(text)).contains("text.png is not an image"));
        assertTrue(refusal(() -> ImageFile.read(folder)).contains("not a file but a folder"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rgb8.png", "rgb16.png", "paletted.png", "rgb.jpg", "cmyk.jpg", "rgb.bmp", "rgb.gif"})
    void cutShortOrDamagedNeverEscapesAsAnythingElse(String name) throws IOException {
        byte[] whole = Fixtures.bytes(name);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            byte[] flipped = whole.clone();
            flipped[length] ^= 0x3c;
            for (byte[] bad : new byte[][] {cut, flipped}) {
                try {
                    ImageFile.decode(bad, name);
                } catch (ModelFormatException e) {
                    assertTrue(String.valueOf(e.getMessage()).contains(name));
                }
            }
        }
        refusal(() -> ImageFile.decode(Arrays.copyOf(whole, whole.length / 2), name));
    }

    @Test
    void everySharedSampleDecodes() throws IOException {
        for (String kind : new String[] {"images/imagenet-samples", "images/cc0", "images/yolo_mark"}) {
            try (var files = Files.list(SharedData.require(kind))) {
                for (Path file : files.filter(f -> ImageFile.isNamedLikeOne(f.toString()))
                        .toList()) {
                    Picture picture = ImageFile.read(file);
                    assertTrue(picture.width() > 90 && picture.height() > 90, file.toString());
                }
            }
        }
    }
}
