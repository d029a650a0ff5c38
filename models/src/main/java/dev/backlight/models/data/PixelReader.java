package dev.backlight.models.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;

/**
 * Decoded images as 8-bit RGB. Stored samples are taken as they are, without applying a colour profile, since that is
 * what networks were trained on; AWT's own conversion would also brighten grey images, which it takes for linear light.
 * What is transparent lies on white.
 */
final class PixelReader {
    private static final int WHITE = 255;

    private PixelReader() {}

    static Picture read(BufferedImage image) {
        return storesSamples(image) ? fromSamples(image) : fromColours(image);
    }

    private static boolean storesSamples(BufferedImage image) {
        int kind = image.getColorModel().getColorSpace().getType();
        int type = image.getRaster().getTransferType();
        return image.getColorModel() instanceof ComponentColorModel
                && (kind == ColorSpace.TYPE_GRAY || kind == ColorSpace.TYPE_RGB)
                && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)
                && !image.isAlphaPremultiplied();
    }

    private static Picture fromSamples(BufferedImage image) {
        Raster raster = image.getRaster();
        int width = image.getWidth();
        int bands = raster.getNumBands();
        int greatest = raster.getTransferType() == DataBuffer.TYPE_BYTE ? 0xff : 0xffff;
        boolean grey = bands <= 2;
        boolean transparent = image.getColorModel().hasAlpha();
        byte[] rgb = new byte[3 * width * image.getHeight()];
        int[] row = new int[bands * width];
        for (int y = 0, at = 0; y < image.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int pixel = 0; pixel < row.length; pixel += bands) {
                int alpha = transparent ? to8Bits(row[pixel + bands - 1], greatest) : 255;
                for (int channel = 0; channel < 3; channel++) {
                    int sample = to8Bits(row[grey ? pixel : pixel + channel], greatest);
                    rgb[at++] = onWhite(sample, alpha);
                }
            }
        }
        return new Picture(width, image.getHeight(), rgb);
    }

    private static int to8Bits(int sample, int greatest) {
        return greatest == 0xff ? sample : (sample * 255 + greatest / 2) / greatest;
    }

    private static byte onWhite(int sample, int alpha) {
        return (byte) ((sample * alpha + WHITE * (255 - alpha) + 127) / 255);
    }

    /** Paletted and packed pixels, whose colours AWT looks up without changing them. */
    private static Picture fromColours(BufferedImage image) {
        int width = image.getWidth();
        byte[] rgb = new byte[3 * width * image.getHeight()];
        int[] row = new int[width];
        for (int y = 0, at = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int argb : row) {
                int alpha = argb >>> 24;
                rgb[at++] = onWhite((argb >> 16) & 0xff, alpha);
                rgb[at++] = onWhite((argb >> 8) & 0xff, alpha);
                rgb[at++] = onWhite(argb & 0xff, alpha);
            }
        }
        return new Picture(width, image.getHeight(), rgb);
    }
}
