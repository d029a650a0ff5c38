package dev.backlight.models.data;

import java.util.SplittableRandom;

/**
 * Random variations of training pictures: a crop of the padded picture (He et al. 2016, section 4.2), a mirror image half
 * of the time, and a square cut out (DeVries and Taylor 2017). The same seed, epoch and index give the same variation,
 * whichever thread asks.
 *
 * @param padding pixels added on every side before a crop of the original size is taken at random
 * @param flip whether to mirror half of the pictures left to right
 * @param cutout the side of the square that is cut out around a random pixel, partly outside where that is near an edge;
 *     0 for none
 * @param fill the colour {@code 0xRRGGBB} of padding and cut-out; the data's mean, which normalisation turns into 0
 */
public record Augmentation(int padding, boolean flip, int cutout, int fill) {
    /** Nothing is changed. */
    public static final Augmentation NONE = new Augmentation(0, false, 0, 0);

    /** Padding of 4 and mirroring, as CIFAR networks are usually trained; the fill is the mean of ImageNet. */
    public static final Augmentation CIFAR = new Augmentation(4, true, 0, 0x7c7468);

    /** This with a square of {@code side} pixels cut out. */
    public Augmentation withCutout(int side) {
        return new Augmentation(padding, flip, side, fill);
    }

    /** The variation of a picture that belongs to this seed, epoch and index. */
    public Picture apply(Picture picture, long seed, int epoch, int index) {
        SplittableRandom random = new SplittableRandom(mix(mix(seed) + epoch) + index);
        int shiftX = random.nextInt(2 * padding + 1) - padding;
        int shiftY = random.nextInt(2 * padding + 1) - padding;
        boolean mirrored = random.nextBoolean() && flip;
        Picture moved = moved(picture, shiftX, shiftY, mirrored);
        if (cutout > 0) {
            cut(moved, random.nextInt(picture.width()), random.nextInt(picture.height()));
        }
        return moved;
    }

    /** Neighbouring seeds, epochs and indices must not give related streams (the finaliser of MurmurHash3). */
    private static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }

    private Picture moved(Picture picture, int shiftX, int shiftY, boolean mirrored) {
        int width = picture.width();
        int height = picture.height();
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int fromX = (mirrored ? width - 1 - x : x) + shiftX;
                int fromY = y + shiftY;
                int at = 3 * (y * width + x);
                if (fromX < 0 || fromY < 0 || fromX >= width || fromY >= height) {
                    paint(rgb, at);
                } else {
                    System.arraycopy(picture.rgb(), 3 * (fromY * width + fromX), rgb, at, 3);
                }
            }
        }
        return new Picture(width, height, rgb);
    }

    /** Alters a picture that nobody else has seen yet. */
    private void cut(Picture picture, int centreX, int centreY) {
        int left = Math.max(0, centreX - cutout / 2);
        int right = Math.min(picture.width(), centreX - cutout / 2 + cutout);
        int bottom = Math.min(picture.height(), centreY - cutout / 2 + cutout);
        for (int y = Math.max(0, centreY - cutout / 2); y < bottom; y++) {
            for (int x = left; x < right; x++) {
                paint(picture.rgb(), 3 * (y * picture.width() + x));
            }
        }
    }

    private void paint(byte[] rgb, int at) {
        rgb[at] = (byte) (fill >> 16);
        rgb[at + 1] = (byte) (fill >> 8);
        rgb[at + 2] = (byte) fill;
    }
}
