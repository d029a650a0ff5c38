package dev.backlight.models.data;

import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a network wants to be fed: the picture resized (bilinear with antialiasing, as the Python Imaging Library does),
 * its middle cut out, and each channel {@code (scale·value − mean)/std}.
 *
 * @param shortSide what the shorter side is resized to before the crop, with the aspect kept; 0 to resize straight to
 *     {@code size × size}, aspect or not
 * @param size the side of the square that the network sees, in pixels
 * @param channels which channels, in which order
 * @param scale what 8-bit values are multiplied by: 1/255 or 1
 * @param mean per channel, in the order of {@code channels}, after scaling
 * @param std per channel likewise
 */
public record Preprocessing(
        int shortSide, int size, Channels channels, double scale, List<Double> mean, List<Double> std) {

    /** The channels of a network's input. */
    public enum Channels {
        RGB,
        BGR,
        /** Luma after ITU-R BT.601. */
        GREY;

        /** How many they are. */
        public int count() {
            return this == GREY ? 1 : 3;
        }
    }

    private static final double UNIT = 1 / 255.0;
    private static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);
    private static final List<Double> IMAGENET_STD = List.of(0.229, 0.224, 0.225);
    private static final Map<String, Preprocessing> PRESETS = new TreeMap<>(Map.of(
            "torchvision", new Preprocessing(256, 224, Channels.RGB, UNIT, IMAGENET_MEAN, IMAGENET_STD),
            "caffe-bgr", new Preprocessing(227, 227, Channels.BGR, 1, List.of(104.0, 117.0, 123.0), ones(3)),
            "zero-one", new Preprocessing(256, 224, Channels.RGB, UNIT, List.of(0.0, 0.0, 0.0), ones(3)),
            "cifar", new Preprocessing(0, 32, Channels.RGB, UNIT, IMAGENET_MEAN, IMAGENET_STD),
            "mnist", new Preprocessing(0, 28, Channels.GREY, UNIT, List.of(0.1307), List.of(0.3081))));

    /** Checks that the parts fit together. */
    public Preprocessing {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (size < 1 || (shortSide != 0 && shortSide < size)) {
            throw new ShapeException("a crop of " + size + " pixels does not fit a picture resized to " + shortSide);
        }
        if (mean.size() != channels.count() || std.size() != channels.count() || std.contains(0.0)) {
            throw new ShapeException("channels " + channels + " need " + channels.count()
                    + " means and as many deviations other than 0, but found " + mean + " and " + std);
        }
    }

    private static List<Double> ones(int count) {
        return Collections.nCopies(count, 1.0);
    }

    /**
     * A preset by name: torchvision, caffe-bgr, zero-one, cifar, mnist.
     *
     * @throws ShapeException where there is none of that name
     */
    public static Preprocessing preset(String name) {
        Preprocessing preset = PRESETS.get(name);
        if (preset == null) {
            throw new ShapeException(
                    "no preprocessing preset is named " + name + ": choose one of " + String.join(", ", presetNames()));
        }
        return preset;
    }

    /** The names of all presets, sorted. */
    public static List<String> presetNames() {
        return List.copyOf(PRESETS.keySet());
    }

    /** This with another crop; the size before the crop is changed in proportion. */
    public Preprocessing withSize(int other) {
        int resized = shortSide == 0 ? 0 : (int) Math.round((double) shortSide * other / size);
        return new Preprocessing(resized, other, channels, scale, mean, std);
    }

    /** The shape of one input: channels × size × size. */
    public Shape shape() {
        return Shape.of(channels.count(), size, size);
    }

    /** What the network sees, as a picture of {@code size × size}. */
    public Picture crop(Picture picture) {
        if (shortSide == 0) {
            return BilinearResize.resize(picture, size, size);
        }
        int width = resized(picture.width(), picture.height());
        int height = resized(picture.height(), picture.width());
        return BilinearResize.resize(picture, width, height).crop(centred(width), centred(height), size, size);
    }

    /** What the network computes with: {@link #shape} numbers, channel by channel, row by row. */
    public float[] apply(Picture picture) {
        float[] values = new float[(int) shape().elements()];
        write(crop(picture), values, 0);
        return values;
    }

    /** Normalises a picture that already has the network's size into a batch, from {@code offset} on. */
    public void write(Picture cropped, float[] batch, int offset) {
        if (cropped.width() != size || cropped.height() != size) {
            throw new ShapeException("a picture of " + cropped.width() + "×" + cropped.height() + " is not the crop of "
                    + size + "×" + size + " that the network sees");
        }
        int plane = size * size;
        for (int channel = 0; channel < channels.count(); channel++) {
            double factor = scale / std.get(channel);
            double shift = mean.get(channel) / std.get(channel);
            for (int i = 0; i < plane; i++) {
                batch[offset + channel * plane + i] = (float) (level(cropped.rgb(), 3 * i, channel) * factor - shift);
            }
        }
    }

    private double level(byte[] rgb, int pixel, int channel) {
        return switch (channels) {
            case RGB -> rgb[pixel + channel] & 0xff;
            case BGR -> rgb[pixel + 2 - channel] & 0xff;
            case GREY ->
                0.299 * (rgb[pixel] & 0xff) + 0.587 * (rgb[pixel + 1] & 0xff) + 0.114 * (rgb[pixel + 2] & 0xff);
        };
    }

    /** Where in the picture the crop lies, in pixels of the picture. */
    public Region region(Picture picture) {
        if (shortSide == 0) {
            return new Region(0, 0, picture.width(), picture.height());
        }
        int width = resized(picture.width(), picture.height());
        int height = resized(picture.height(), picture.width());
        double across = (double) picture.width() / width;
        double down = (double) picture.height() / height;
        return new Region(centred(width) * across, centred(height) * down, size * across, size * down);
    }

    /** A rectangle in a picture, in pixels, not always whole ones. */
    public record Region(double left, double top, double width, double height) {}

    /** A side after resizing: torchvision's Resize truncates the longer one. */
    private int resized(int side, int other) {
        return side <= other ? shortSide : (int) ((long) shortSide * side / other);
    }

    /** Where the crop begins: torchvision's CenterCrop rounds halves to even. */
    private int centred(int side) {
        return (int) Math.rint((side - size) / 2.0);
    }
}
