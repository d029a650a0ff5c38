package dev.backlight.models.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** Image files made for these tests, of every kind that a decoder may stumble over. */
final class Fixtures {
    private Fixtures() {}

    static byte[] bytes(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(Fixtures.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }

    static Picture picture(String name) throws IOException {
        return ImageFile.decode(bytes(name), name);
    }
}
