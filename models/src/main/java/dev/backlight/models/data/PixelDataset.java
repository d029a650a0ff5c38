package dev.backlight.models.data;

/**
 * Pictures of one size that lie in one array, as the binary formats of MNIST and CIFAR-10 have them.
 *
 * @param pixels picture by picture: grey levels, or RGB pixel by pixel
 * @param labels one class per picture
 * @param origin what the names of the pictures begin with
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PixelDataset(
        String origin, int width, int height, boolean grey, byte[] pixels, byte[] labels, ClassNames classes)
        implements ImageDataset {

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public Picture picture(int index) {
        int length = width * height * (grey ? 1 : 3);
        byte[] own = new byte[length];
        System.arraycopy(pixels, index * length, own, 0, length);
        return grey ? Picture.grey(width, height, own) : new Picture(width, height, own);
    }

    @Override
    public int label(int index) {
        return labels[index] & 0xff;
    }

    @Override
    public String name(int index) {
        return origin + "-" + index;
    }
}
