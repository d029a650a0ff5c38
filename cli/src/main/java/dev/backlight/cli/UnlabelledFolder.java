package dev.backlight.cli;

import dev.backlight.engine.shape.BacklightException;
import dev.backlight.models.data.ClassNames;
import dev.backlight.models.data.ImageDataset;
import dev.backlight.models.data.ImageFile;
import dev.backlight.models.data.Picture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The pictures that lie in a folder, of which nobody says what they show. */
final class UnlabelledFolder implements ImageDataset {
    private final List<Path> files;

    private UnlabelledFolder(List<Path> files) {
        this.files = files;
    }

    /** Whether pictures lie directly in the folder. */
    static boolean isOne(Path folder) {
        return Files.isDirectory(folder) && !pictures(folder).isEmpty();
    }

    static UnlabelledFolder open(Path folder) {
        return new UnlabelledFolder(pictures(folder));
    }

    private static List<Path> pictures(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(file -> ImageFile.isNamedLikeOne(file.toString()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public ClassNames classes() {
        return ClassNames.numbered(0);
    }

    @Override
    public Picture picture(int index) {
        return ImageFile.read(files.get(index));
    }

    @Override
    public int label(int index) {
        throw new BacklightException("nothing says which class " + files.get(index)
                + " belongs to; give class names with identifiers by --classes, or sort the pictures into a folder per"
                + " class");
    }

    @Override
    public String name(int index) {
        return String.valueOf(files.get(index).getFileName());
    }
}
