package dev.backlight.models.weights;

import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.io.HeapBudget;
import dev.backlight.engine.shape.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The format of {@code torch.save} before PyTorch 1.6: pickles of a magic number, a protocol version, facts about the
 * machine, the object and the keys of its storages; then each storage as a count and its elements.
 */
final class PytorchLegacy implements TorchTensor.Storages {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long PROTOCOL = 1001;

    private final String where;
    private final ByteOrder order;
    private final Map<String, MemorySegment> storages = new HashMap<>();

    private PytorchLegacy(String where, ByteOrder order) {
        this.where = where;
        this.order = order;
    }

    static StateDict read(MemorySegment bytes, String where, HeapBudget budget) {
        PickleInput in = new PickleInput(bytes, where, budget);
        requireMagic(in);
        Object protocol = Unpickler.load(in);
        if (!protocol.equals(PROTOCOL)) {
            throw in.wrong("expected protocol " + PROTOCOL + ", found " + TorchGlobals.describe(protocol));
        }
        boolean big =
                Unpickler.load(in) instanceof Map<?, ?> machine && Boolean.FALSE.equals(machine.get("little_endian"));
        Object pickled = Unpickler.load(in);
        PytorchLegacy storages = new PytorchLegacy(where, big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        storages.index(in, elementTypes(pickled));
        return PytorchCheckpoint.tensors(pickled, storages, where, budget);
    }

    private static void requireMagic(PickleInput in) {
        // Any other file must be refused as no checkpoint, not as a damaged pickle.
        boolean pickle = in.unsignedByte() == 0x80 && in.unsignedByte() == 2 && in.unsignedByte() == 0x8a;
        if (!pickle || !in.integer(in.unsignedByte()).equals(MAGIC) || in.unsignedByte() != '.') {
            throw in.wrong("expected a file of torch.save (a zip archive, or the magic number of the older format),"
                    + " found neither");
        }
    }

    /** Notes where each storage lies; a count does not say how wide its elements are, only the tensors do. */
    private void index(PickleInput in, Map<String, ElementType> types) {
        if (!(Unpickler.load(in) instanceof List<?> keys)) {
            throw in.wrong("expected the list of storage keys, found something else");
        }
        for (Object key : keys) {
            ElementType type = types.get(String.valueOf(key));
            if (type == null) {
                throw in.wrong("expected the key of a tensor's storage, found " + TorchGlobals.describe(key));
            }
            long count = in.signedLong();
            if (order == ByteOrder.BIG_ENDIAN) {
                count = Long.reverseBytes(count);
            }
            if (count < 0 || count > Long.MAX_VALUE / type.bytes()) {
                throw in.wrong("expected the number of elements of storage " + key + ", found " + count);
            }
            storages.put(String.valueOf(key), in.slice(count * type.bytes()));
        }
    }

    /** The element type of every storage that any tensor within {@code root} refers to. */
    private static Map<String, ElementType> elementTypes(Object root) {
        Map<String, ElementType> types = new HashMap<>();
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Object> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Object at = open.pop();
            if (!seen.add(at)) {
                continue;
            }
            switch (at) {
                case TorchTensor tensor ->
                    types.put(tensor.storage().key(), tensor.storage().type());
                case TorchTensor.Storage storage -> types.put(storage.key(), storage.type());
                case Map<?, ?> map -> map.values().forEach(open::push);
                case List<?> list -> list.forEach(open::push);
                default -> {}
            }
        }
        return types;
    }

    @Override
    public MemorySegment bytes(TorchTensor.Storage storage) {
        MemorySegment bytes = storages.get(storage.key());
        if (bytes == null) {
            throw new ModelFormatException(
                    where + ": expected a storage " + storage.key() + " after the tensors, found none");
        }
        return bytes;
    }

    @Override
    public ByteOrder order() {
        return order;
    }
}
