package dev.backlight.kernels.vector;

import static dev.backlight.engine.backend.HostBackend.floats;
import static dev.backlight.engine.backend.HostBackend.offset;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Philox;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.kernels.common.Chunks;
import dev.backlight.kernels.common.Parallel;

/** Random numbers by index: chunks begin at whole blocks of the generator. */
final class RandomNumbers {
    private RandomNumbers() {}

    static void fill(Parallel parallel, Primitive.Random random, DeviceArray out) {
        int start = offset(out);
        float[] data = floats(out);
        Chunks.forEach(parallel, (int) out.shape().elements(), (from, to) -> {
            int[] words = new int[4];
            for (int i = from; i < to; i++) {
                int word = i % 4;
                if (word == 0) {
                    Philox.block(random.seed(), i / 4, words);
                }
                data[start + i] = (float)
                        switch (random.distribution()) {
                            case UNIFORM -> Philox.uniform(words[word]);
                            case NORMAL -> Philox.normal(words[word & 2], words[(word & 2) + 1], word % 2 == 0);
                        };
            }
        });
    }
}
