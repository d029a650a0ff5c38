package dev.backlight.models.data;

/**
 * Resizing with a triangle filter that widens with the reduction, so that every source pixel counts: what the Python
 * Imaging Library calls BILINEAR and torchvision's transforms apply. Its arithmetic is followed to the bit (weights
 * rounded to 22 binary places, rows first, both passes rounded to 8 bits), because accuracies are published with it.
 */
final class BilinearResize {
    private static final int PRECISION = 22;

    private BilinearResize() {}

    static Picture resize(Picture picture, int width, int height) {
        Picture narrowed = width == picture.width() ? picture : pass(picture, width, false);
        return height == picture.height() ? narrowed : pass(narrowed, height, true);
    }

    /** One pass: along the rows, or along the columns. */
    private static Picture pass(Picture from, int size, boolean columns) {
        int width = columns ? from.width() : size;
        int height = columns ? size : from.height();
        int step = columns ? 3 * from.width() : 3;
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < size; i++) {
            Window window = Window.at(i, columns ? from.height() : from.width(), size);
            int lines = columns ? width : height;
            for (int line = 0; line < lines; line++) {
                int source = columns ? 3 * line : 3 * line * from.width();
                int target = columns ? 3 * (i * width + line) : 3 * (line * width + i);
                for (int channel = 0; channel < 3; channel++) {
                    rgb[target + channel] = window.weigh(from.rgb(), source + channel, step);
                }
            }
        }
        return new Picture(width, height, rgb);
    }

    /** The source pixels that one result pixel is made of. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Window(int first, int[] weights) {
        static Window at(int position, int sourceSize, int size) {
            double scale = (double) sourceSize / size;
            double support = Math.max(scale, 1);
            double centre = (position + 0.5) * scale;
            int first = Math.max((int) (centre - support + 0.5), 0);
            int end = Math.min((int) (centre + support + 0.5), sourceSize);
            double[] weights = new double[end - first];
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                weights[i] = Math.max(0, 1 - Math.abs((i + first - centre + 0.5) * (1 / support)));
                sum += weights[i];
            }
            int[] rounded = new int[weights.length];
            for (int i = 0; i < weights.length; i++) {
                rounded[i] = (int) (0.5 + weights[i] / sum * (1 << PRECISION));
            }
            return new Window(first, rounded);
        }

        byte weigh(byte[] pixels, int start, int step) {
            int sum = 1 << (PRECISION - 1);
            int at = start + first * step;
            for (int weight : weights) {
                sum += weight * (pixels[at] & 0xff);
                at += step;
            }
            return (byte) Math.clamp(sum >> PRECISION, 0, 255);
        }
    }
}
