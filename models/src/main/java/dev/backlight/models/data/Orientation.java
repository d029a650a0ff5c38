package dev.backlight.models.data;

import com.twelvemonkeys.imageio.metadata.CompoundDirectory;
import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEG;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegment;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegmentUtil;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** How a camera was held, by the Exif tag of a JPEG file (1 to 8: upright, then mirrored, turned, or both). */
final class Orientation {
    static final int UPRIGHT = 1;

    private Orientation() {}

    /** The file's tag; upright where there is none or it cannot be read: a picture is not refused for its metadata. */
    static int of(byte[] jpeg) {
        try {
            List<JPEGSegment> segments =
                    JPEGSegmentUtil.readSegments(new ByteArrayImageInputStream(jpeg), JPEG.APP1, "Exif");
            return segments.isEmpty() ? UPRIGHT : tag(segments.getFirst());
        } catch (IOException | RuntimeException e) {
            return UPRIGHT;
        }
    }

    private static int tag(JPEGSegment segment) throws IOException {
        try (InputStream data = segment.data()) {
            data.skipNBytes(1); // the identifier is padded to two zeros
            Directory found = new TIFFReader().read(new ByteArrayImageInputStream(data.readAllBytes()));
            Directory first = found instanceof CompoundDirectory all ? all.getDirectory(0) : found;
            Entry entry = first.getEntryById(TIFF.TAG_ORIENTATION);
            int tag = entry != null && entry.getValue() instanceof Number number ? number.intValue() : UPRIGHT;
            return tag >= 1 && tag <= 8 ? tag : UPRIGHT;
        }
    }

    /** The picture as it was seen. */
    static Picture upright(Picture picture, int tag) {
        if (tag == UPRIGHT) {
            return picture;
        }
        boolean turned = tag >= 5;
        boolean mirrored = tag == 2 || tag == 3 || tag == 7 || tag == 8;
        boolean upsideDown = tag == 3 || tag == 4 || tag == 6 || tag == 7;
        int width = turned ? picture.height() : picture.width();
        int height = turned ? picture.width() : picture.height();
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int across = turned ? y : x;
                int down = turned ? x : y;
                int fromX = mirrored ? picture.width() - 1 - across : across;
                int fromY = upsideDown ? picture.height() - 1 - down : down;
                System.arraycopy(picture.rgb(), 3 * (fromY * picture.width() + fromX), rgb, 3 * (y * width + x), 3);
            }
        }
        return new Picture(width, height, rgb);
    }
}
