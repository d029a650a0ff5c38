package dev.backlight.models.data;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Pictures that are all decoded. */
record InMemoryDataset(List<Picture> pictures, List<Integer> labels, List<String> names, ClassNames classes)
        implements ImageDataset {

    static ImageDataset of(ImageDataset source, IntConsumer progress) {
        AtomicInteger done = new AtomicInteger();
        List<Picture> pictures = IntStream.range(0, source.size())
                .parallel()
                .mapToObj(index -> {
                    Picture picture = source.picture(index);
                    progress.accept(done.incrementAndGet());
                    return picture;
                })
                .toList();
        return new InMemoryDataset(
                pictures,
                IntStream.range(0, source.size()).mapToObj(source::label).toList(),
                IntStream.range(0, source.size()).mapToObj(source::name).toList(),
                source.classes());
    }

    @Override
    public int size() {
        return pictures.size();
    }

    @Override
    public Picture picture(int index) {
        return pictures.get(index);
    }

    @Override
    public int label(int index) {
        return labels.get(index);
    }

    @Override
    public String name(int index) {
        return names.get(index);
    }
}
