package dev.backlight.models.data;

import dev.backlight.engine.shape.ShapeException;
import java.awt.image.BufferedImage;

/**
 * A picture of 8-bit RGB pixels. Immutable by agreement: data sets hand out thousands of them, and none is copied.
 *
 * @param rgb red, green, blue of each pixel, row by row: {@code 3 × width × height} unsigned bytes; neither copied nor to
 *     be altered
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Picture(int width, int height, byte[] rgb) {
    /** Checks that the bytes fit the size. */
    public Picture {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new ShapeException("a picture of " + width + "×" + height + " needs " + 3L * width * height
                    + " bytes of RGB, but " + rgb.length + " were given");
        }
    }

    /** A picture of grey levels: {@code width × height} unsigned bytes, row by row. */
    public static Picture grey(int width, int height, byte... levels) {
        byte[] rgb = new byte[3 * levels.length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = levels[i / 3];
        }
        return new Picture(width, height, rgb);
    }

    /** One channel of a pixel, 0 to 255; channel 0 is red, 1 green, 2 blue. */
    public int at(int x, int y, int channel) {
        return rgb[3 * (y * width + x) + channel] & 0xff;
    }

    /**
     * A part of this picture, as a copy.
     *
     * @throws ShapeException where it leaves this picture
     */
    public Picture crop(int left, int top, int cropWidth, int cropHeight) {
        if (left < 0 || top < 0 || cropWidth > width - left || cropHeight > height - top) {
            throw new ShapeException("a crop of " + cropWidth + "×" + cropHeight + " at " + left + "," + top
                    + " leaves its picture of " + width + "×" + height);
        }
        byte[] part = new byte[3 * cropWidth * cropHeight];
        for (int y = 0; y < cropHeight; y++) {
            System.arraycopy(rgb, 3 * ((top + y) * width + left), part, 3 * y * cropWidth, 3 * cropWidth);
        }
        return new Picture(cropWidth, cropHeight, part);
    }

    /** The same pixels as an AWT image of {@code TYPE_INT_RGB}, for drawing. */
    public BufferedImage toImage() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, (at(x, y, 0) << 16) | (at(x, y, 1) << 8) | at(x, y, 2));
            }
        }
        return image;
    }
}
