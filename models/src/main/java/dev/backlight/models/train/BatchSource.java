package dev.backlight.models.train;

import dev.backlight.engine.backend.Philox;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.data.Augmentation;
import dev.backlight.models.data.ImageDataset;
import dev.backlight.models.data.Picture;
import dev.backlight.models.data.Preprocessing;
import java.util.SplittableRandom;

/**
 * The batches of a data set, each a pure function of seed, epoch and number. Training shuffles and varies the pictures;
 * evaluation takes them as they come.
 */
final class BatchSource {
    private final ImageDataset data;
    private final Preprocessing preprocessing;
    private final Augmentation augmentation;
    private final long seed;

    BatchSource(ImageDataset data, Preprocessing preprocessing, Augmentation augmentation, long seed) {
        this.data = data;
        this.preprocessing = preprocessing;
        this.augmentation = augmentation;
        this.seed = seed;
    }

    /** The pictures in the order of an epoch (Fisher and Yates). */
    int[] order(int epoch) {
        SplittableRandom random = new SplittableRandom(Philox.split(seed, epoch));
        int[] order = inOrder();
        for (int i = order.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
        return order;
    }

    /** The pictures in the order of the data set. */
    int[] inOrder() {
        int[] order = new int[data.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        return order;
    }

    /** The pictures {@code order[from]} to {@code order[to − 1]}, varied for an epoch. */
    Batch batch(int[] order, int from, int to, int epoch) {
        Shape one = preprocessing.shape();
        int length = (int) one.elements();
        float[] images = new float[(to - from) * length];
        long[] labels = new long[to - from];
        for (int i = 0; i < labels.length; i++) {
            int index = order[from + i];
            Picture varied = augmentation.apply(data.picture(index), seed, epoch, index);
            preprocessing.write(preprocessing.crop(varied), images, i * length);
            labels[i] = data.label(index);
        }
        return new Batch(one.insert(0, labels.length), images, labels);
    }
}
