package dev.backlight.cli;

import dev.backlight.models.data.ClassNames;
import dev.backlight.models.data.ImageDataset;
import dev.backlight.models.data.Picture;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Some pictures of a data set, drawn at random without repetition, in the order of the set. */
final class Sample implements ImageDataset {
    private final ImageDataset whole;
    private final int[] chosen;

    private Sample(ImageDataset whole, int[] chosen) {
        this.whole = whole;
        this.chosen = chosen;
    }

    /** {@code count} pictures that the seed decides; the whole set where it has no more, or {@code count} is 0. */
    static ImageDataset of(ImageDataset whole, int count, long seed) {
        if (count <= 0 || count >= whole.size()) {
            return whole;
        }
        int[] all = IntStream.range(0, whole.size()).toArray();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) { // the first steps of Fisher and Yates
            int other = random.nextInt(i, all.length);
            int swapped = all[i];
            all[i] = all[other];
            all[other] = swapped;
        }
        return new Sample(whole, IntStream.of(all).limit(count).sorted().toArray());
    }

    @Override
    public int size() {
        return chosen.length;
    }

    @Override
    public ClassNames classes() {
        return whole.classes();
    }

    @Override
    public Picture picture(int index) {
        return whole.picture(chosen[index]);
    }

    @Override
    public int label(int index) {
        return whole.label(chosen[index]);
    }

    @Override
    public String name(int index) {
        return whole.name(chosen[index]);
    }
}
