package dev.backlight.engine.backend.reference;

import dev.backlight.engine.backend.Philox;
import dev.backlight.engine.backend.Primitive;

final class RandomNumbers {
    private RandomNumbers() {}

    static void fill(Primitive.Random random, Values out) {
        int[] words = new int[4];
        double[] data = out.data();
        for (int i = 0; i < data.length; i++) {
            if (i % 4 == 0) {
                Philox.block(random.seed(), i / 4, words);
            }
            int word = i % 4;
            data[i] = switch (random.distribution()) {
                case UNIFORM -> Philox.uniform(words[word]);
                case NORMAL -> Philox.normal(words[word & 2], words[(word & 2) + 1], word % 2 == 0);
            };
        }
    }
}
