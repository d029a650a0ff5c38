package dev.backlight.models.data;

import dev.backlight.engine.io.HeapBudget;
import dev.backlight.engine.io.MappedFile;
import dev.backlight.engine.shape.ModelFormatException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Image files: PNG (also 16-bit, paletted, grey, transparent), JPEG (also CMYK and grey; turned as its Exif tag says),
 * BMP and GIF (the first frame).
 */
public final class ImageFile {
    private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg", "bmp", "gif");
    private static final int LEAST_SIDE = 2;
    /** What decoding needs at most: a raster of four 16-bit samples and the result. */
    private static final long BYTES_PER_PIXEL = 11;

    private ImageFile() {}

    /** Whether a file's name ends as that of an image does. */
    public static boolean isNamedLikeOne(String name) {
        int dot = name.lastIndexOf('.');
        return ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }

    /**
     * Reads a picture.
     *
     * @throws ModelFormatException where the file is missing, empty, no image, damaged, cut short, smaller than 2 pixels on
     *     a side, or too large for the heap
     */
    public static Picture read(Path file) {
        MappedFile.requireReadable(file);
        try {
            return decode(Files.readAllBytes(file), file.toString());
        } catch (IOException e) {
            throw MappedFile.unreadable(file, e);
        }
    }

    /**
     * Reads a picture from the bytes of an image file. May be called by several threads at once.
     *
     * @param where what messages begin with
     * @throws ModelFormatException as for {@link #read}
     */
    public static Picture decode(byte[] file, String where) {
        if (file.length == 0) {
            throw new ModelFormatException("image " + where + " is empty: it has 0 bytes");
        }
        try (ImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new ModelFormatException(
                        where + " is not an image: expected PNG, JPEG, BMP or GIF, found other content");
            }
            ImageReader reader = readers.next();
            try {
                return decode(reader, stream, file, where);
            } finally {
                reader.dispose();
            }
        } catch (ModelFormatException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // readers throw anything on damaged files
            throw new ModelFormatException("image " + where + " is damaged: " + e.getMessage(), e);
        }
    }

    private static Picture decode(ImageReader reader, ImageInputStream stream, byte[] file, String where)
            throws IOException {
        String format = reader.getFormatName().toLowerCase(Locale.ROOT);
        reader.setInput(stream, true, !format.equals("gif"));
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if (width < LEAST_SIDE || height < LEAST_SIDE) {
            throw new ModelFormatException("image " + where + " is " + width + "×" + height
                    + " pixels: expected at least " + LEAST_SIDE + " on each side, since there is nothing to explain");
        }
        if ((long) width * height > Integer.MAX_VALUE / 3) {
            throw new ModelFormatException("image " + where + " states " + width + "×" + height
                    + " pixels: expected fewer than 715 million, scale it down first");
        }
        new HeapBudget("image " + where).take(width + "×" + height + " pixels", BYTES_PER_PIXEL * width * height);
        Picture picture = PixelReader.read(readWhole(reader, where));
        boolean jpeg = format.contains("jpeg") || format.contains("jpg");
        return jpeg ? Orientation.upright(picture, Orientation.of(file)) : picture;
    }

    /** Cut-short JPEG files are decoded with a warning and grey where data is missing: that is no picture to explain. */
    private static BufferedImage readWhole(ImageReader reader, String where) throws IOException {
        reader.addIIOReadWarningListener((source, warning) -> {
            if (warning != null && warning.toLowerCase(Locale.ROOT).contains("premature")) {
                throw new ModelFormatException("image " + where + " is cut short: " + warning);
            }
        });
        return reader.read(0);
    }
}
