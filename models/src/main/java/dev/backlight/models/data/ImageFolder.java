package dev.backlight.models.data;

import dev.backlight.engine.shape.ModelFormatException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Image files in folders or zip archives, whose paths tell their classes. Other files are passed over. */
public final class ImageFolder implements ImageDataset {
    private final FileTree tree;
    private final List<String> paths;
    private final List<Integer> labels;
    private final ClassNames classes;

    private ImageFolder(FileTree tree, List<String> paths, List<Integer> labels, ClassNames classes) {
        this.tree = tree;
        this.paths = paths;
        this.labels = labels;
        this.classes = classes;
    }

    /**
     * One folder per class, named as the class, at any depth: {@code train/cat/0001.jpg}. Classes are numbered in the
     * order of their names.
     *
     * @param root a folder or a zip archive
     * @throws ModelFormatException where there is no image in any folder below {@code root}
     */
    public static ImageFolder perClass(Path root) {
        FileTree tree = FileTree.open(root);
        List<String> paths = images(tree).stream()
                .filter(path -> !folderName(path).isEmpty())
                .toList();
        if (paths.isEmpty()) {
            throw new ModelFormatException(
                    root + ": expected images in one folder per class, such as cat/0001.jpg, found none");
        }
        Map<String, Integer> classes = new TreeMap<>();
        paths.forEach(path -> classes.put(folderName(path), 0));
        List<String> names = List.copyOf(classes.keySet());
        classes.replaceAll((name, unset) -> names.indexOf(name));
        List<Integer> labels = paths.stream()
                .map(path -> classes.getOrDefault(folderName(path), 0))
                .toList();
        return new ImageFolder(tree, paths, labels, ClassNames.of(names));
    }

    /**
     * Images whose file or folder names begin with the identifier of their class, as ImageNet's do:
     * {@code n01443537_goldfish.JPEG} or {@code n01443537/n01443537_10007.JPEG}.
     *
     * @param root a folder or a zip archive
     * @param classes names with identifiers
     * @throws ModelFormatException where there is no image, or one whose name begins with no identifier of a class
     */
    public static ImageFolder byIdentifier(Path root, ClassNames classes) {
        FileTree tree = FileTree.open(root);
        List<String> paths = images(tree);
        if (paths.isEmpty()) {
            throw new ModelFormatException(root + ": expected image files, found none");
        }
        List<Integer> labels = new ArrayList<>();
        for (String path : paths) {
            labels.add(identified(fileName(path), classes)
                    .or(() -> identified(folderName(path), classes))
                    .orElseThrow(() -> new ModelFormatException(root + ", image " + path
                            + ": expected a name that begins with the identifier of a class, such as "
                            + classes.example())));
        }
        return new ImageFolder(tree, paths, labels, classes);
    }

    private static List<String> images(FileTree tree) {
        return tree.files().stream().filter(ImageFile::isNamedLikeOne).toList();
    }

    private static Optional<Integer> identified(String name, ClassNames classes) {
        int end = name.indexOf('_');
        return classes.withIdentifier(end < 0 ? name : name.substring(0, end));
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The folder that the file lies in, without its own path; empty at the root. */
    private static String folderName(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : fileName(path.substring(0, slash));
    }

    @Override
    public int size() {
        return paths.size();
    }

    @Override
    public ClassNames classes() {
        return classes;
    }

    @Override
    public Picture picture(int index) {
        String path = paths.get(index);
        return ImageFile.decode(tree.bytes(path), tree.root() + "/" + path);
    }

    @Override
    public int label(int index) {
        return labels.get(index);
    }

    @Override
    public String name(int index) {
        return paths.get(index);
    }
}
