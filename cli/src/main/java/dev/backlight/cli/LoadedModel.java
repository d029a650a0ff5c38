package dev.backlight.cli;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.HostBackend;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.BacklightException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.data.ClassNames;
import dev.backlight.models.data.Picture;
import dev.backlight.models.data.Preprocessing;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * A network with all that is needed to ask it about a picture.
 *
 * @param name such as {@code resnet20} or a file name
 * @param origin where its weights come from, for results
 * @param network maps {@code N×C×H×W} to logits {@code N×K}
 * @param preprocessing what pictures undergo before
 * @param names of the classes, where they are known
 * @param backend that holds its weights
 */
record LoadedModel(
        String name,
        String origin,
        Layer network,
        Preprocessing preprocessing,
        Optional<ClassNames> names,
        Backend backend) {

    /** What it runs on, for people; the threads are of interest where the CPU computes. */
    String device(int threads) {
        return backend instanceof HostBackend ? backend.name() + " with " + threads + " threads" : backend.name();
    }

    /** Pictures as one batch {@code N×C×H×W}, owned by the caller's scope. */
    Tensor batch(List<Picture> pictures) {
        int each = Math.toIntExact(preprocessing.shape().elements());
        float[] values = new float[pictures.size() * each];
        for (int i = 0; i < pictures.size(); i++) {
            preprocessing.write(preprocessing.crop(pictures.get(i)), values, i * each);
        }
        return Tensor.of(backend, preprocessing.shape().insert(0, pictures.size()), values);
    }

    /**
     * What the network says about each picture of a batch.
     *
     * @throws BacklightException when its output is no logits, or its classes are not those that are named
     */
    List<Prediction> predict(Tensor batch) {
        try (Scope scope = Scope.open()) {
            Tensor logits = network.apply(batch);
            Shape shape = logits.shape();
            if (shape.rank() != 2) {
                throw new BacklightException("model " + name + " gives an output of shape " + shape
                        + ", but a classifier gives logits of shape images × classes");
            }
            int classes = shape.size(1);
            requireNamed(classes);
            double[] all = logits.toDoubles();
            return IntStream.range(0, shape.size(0))
                    .mapToObj(i -> new Prediction(Arrays.copyOfRange(all, i * classes, (i + 1) * classes)))
                    .toList();
        }
    }

    /** Names for so many classes: those that are known, or numbers. */
    ClassNames names(int classes) {
        return names.orElseGet(() -> ClassNames.numbered(classes));
    }

    /**
     * The class that a user means by an index or a name.
     *
     * @throws BacklightException when there is no such class
     */
    int find(String wanted, int classes) {
        if (names.isEmpty() && !wanted.matches("\\d+")) {
            throw new BacklightException("the classes of model " + name + " have no names here, so \"" + wanted
                    + "\" cannot be looked up; give a file of names with --classes, or an index from 0 to "
                    + (classes - 1));
        }
        return names(classes).find(wanted);
    }

    /** Tells these weights from others: a checksum (CRC-32) of all of them. */
    String fingerprint() {
        CRC32 checksum = new CRC32();
        network.state().values().forEach(parameter -> {
            float[] values = parameter.value().toFloats();
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
            bytes.asFloatBuffer().put(values);
            checksum.update(bytes);
        });
        return "%s, CRC-32 %08x".formatted(origin, checksum.getValue());
    }

    private void requireNamed(int classes) {
        int named = names.map(ClassNames::size).orElse(classes);
        if (named != classes) {
            throw new BacklightException("model " + name + " tells " + classes + " classes apart, but " + named
                    + " class names were given; choose the file that belongs to it with --classes");
        }
    }
}
