package dev.backlight.models.data;

import dev.backlight.engine.io.MappedFile;
import dev.backlight.engine.io.ZipContents;
import dev.backlight.engine.shape.ModelFormatException;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Files below a folder or in a zip archive, by their paths with forward slashes. */
sealed interface FileTree {
    /** All files, sorted by path. */
    List<String> files();

    byte[] bytes(String path);

    /** What messages name: the folder or archive. */
    Path root();

    /**
     * Opens a folder or an archive.
     *
     * @throws ModelFormatException where there is neither
     */
    static FileTree open(Path root) {
        return Files.isDirectory(root) ? new Folder(root) : new Archive(root, new ZipContents(root));
    }

    /** A folder with all folders below it; links are followed. */
    record Folder(Path root) implements FileTree {
        @Override
        public List<String> files() {
            try (Stream<Path> paths = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
                return paths.filter(Files::isRegularFile)
                        .map(path -> root.relativize(path).toString().replace(File.separatorChar, '/'))
                        .sorted()
                        .toList();
            } catch (IOException e) {
                throw MappedFile.unreadable(root, e);
            }
        }

        @Override
        public byte[] bytes(String path) {
            try {
                return Files.readAllBytes(root.resolve(path));
            } catch (IOException e) {
                throw MappedFile.unreadable(root.resolve(path), e);
            }
        }
    }

    /** A zip archive; it stays open for as long as the data set is in use, and is then closed by its own cleaner. */
    record Archive(Path root, ZipContents zip) implements FileTree {
        @Override
        public List<String> files() {
            return zip.names().stream().sorted().toList();
        }

        @Override
        public byte[] bytes(String path) {
            return zip.bytes(path);
        }
    }
}
