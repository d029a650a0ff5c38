package dev.backlight.models.weights;

import dev.backlight.engine.io.HeapBudget;
import dev.backlight.engine.io.ZipContents;
import dev.backlight.engine.shape.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The zip format of PyTorch 1.6 and later: a pickle {@code NAME/data.pkl} and one entry per storage. */
final class PytorchZip implements TorchTensor.Storages {
    private static final String PICKLE = "data.pkl";

    private final ZipContents zip;
    private final String root;
    private final HeapBudget budget;
    private String entry = "";
    private byte[] content = {};

    private PytorchZip(ZipContents zip, String root, HeapBudget budget) {
        this.zip = zip;
        this.root = root;
        this.budget = budget;
    }

    static StateDict read(ZipContents zip, String where, HeapBudget budget) {
        String pickle = zip.names().stream()
                .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
                .findFirst()
                .orElseThrow(() -> new ModelFormatException(
                        where + ": expected an entry data.pkl in the archive, found " + Lists.some(zip.names())));
        String root = pickle.substring(0, pickle.length() - PICKLE.length());
        PytorchZip storages = new PytorchZip(zip, root, budget);
        MemorySegment bytes = storages.content(pickle);
        Object pickled = Unpickler.load(new PickleInput(bytes, where + ", entry " + pickle, budget));
        return PytorchCheckpoint.tensors(pickled, storages, where, budget);
    }

    @Override
    public MemorySegment bytes(TorchTensor.Storage storage) {
        return content(root + "data/" + storage.key());
    }

    /** Keeps the last entry, since tensors that share a storage follow one another. */
    private MemorySegment content(String name) {
        if (!entry.equals(name)) {
            budget.giveBack(content.length);
            content = new byte[0];
            budget.take("entry " + name, zip.size(name));
            content = zip.bytes(name);
            entry = name;
        }
        return MemorySegment.ofArray(content);
    }

    @Override
    public ByteOrder order() {
        String name = root + "byteorder";
        boolean big = zip.contains(name)
                && zip.size(name) < 16
                && new String(zip.bytes(name), StandardCharsets.US_ASCII).equals("big");
        return big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }
}
