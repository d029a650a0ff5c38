package dev.backlight.models.data;

import java.util.function.IntConsumer;

/** Labelled pictures, numbered from 0. May be read by several threads at once. */
public interface ImageDataset {
    /** How many pictures there are. */
    int size();

    /** What the labels mean. */
    ClassNames classes();

    /**
     * A picture, decoded when asked for.
     *
     * @throws dev.backlight.engine.shape.ModelFormatException where its file is damaged
     */
    Picture picture(int index);

    /** The class of a picture: an index into {@link #classes}. */
    int label(int index);

    /** A name that tells the picture apart from all others of the set, such as its path. */
    String name(int index);

    /**
     * The same set with every picture decoded, by all processors, and kept: 150 MB for the 50,000 pictures of CIFAR-10.
     *
     * @param progress told how many pictures are done, from whichever thread did the last
     */
    default ImageDataset inMemory(IntConsumer progress) {
        return InMemoryDataset.of(this, progress);
    }
}
