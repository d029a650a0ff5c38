package dev.backlight.models.weights;

import dev.backlight.engine.io.HeapBudget;
import dev.backlight.engine.io.MappedFile;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.io.ZipContents;
import dev.backlight.engine.shape.ModelFormatException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * State dicts saved by {@code torch.save} ({@code .pt}, {@code .pth}, {@code .th}), in the zip format of PyTorch 1.6 and
 * later and in the one before it. Nothing in the file is executed.
 */
public final class PytorchCheckpoint {
    /** Where training scripts put the state dict, beside epoch, optimiser and accuracy. */
    private static final List<String> WRAPPERS = List.of("state_dict", "model_state_dict", "model", "net");

    private PytorchCheckpoint() {}

    /**
     * Reads all tensors of the checkpoint's state dict, strided ones made row-major.
     *
     * @return names as in the file; see {@link StateDict#withoutPrefix} for {@code "module."}
     * @throws ModelFormatException where the file is missing, damaged, cut short, of another format, refers to Python code,
     *     or holds no state dict
     */
    public static StateDict read(Path file) {
        String where = file.toString();
        HeapBudget budget = new HeapBudget(where);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = MappedFile.map(file, arena);
            if (isZip(bytes)) {
                try (ZipContents zip = new ZipContents(file)) {
                    return PytorchZip.read(zip, where, budget);
                }
            }
            return PytorchLegacy.read(bytes, where, budget);
        }
    }

    private static boolean isZip(MemorySegment bytes) {
        return bytes.byteSize() >= 2
                && bytes.get(ValueLayout.JAVA_BYTE, 0) == 'P'
                && bytes.get(ValueLayout.JAVA_BYTE, 1) == 'K';
    }

    /** The tensors of the innermost state dict in what a pickle held. */
    static StateDict tensors(Object pickled, TorchTensor.Storages storages, String where, HeapBudget budget) {
        List<NamedArray> arrays = new ArrayList<>();
        for (Map.Entry<?, ?> entry : unwrap(pickled, where).entrySet()) {
            if (entry.getKey() instanceof String name && entry.getValue() instanceof TorchTensor tensor) {
                arrays.add(tensor.read(name, storages, where, budget));
            }
        }
        return StateDict.of(arrays);
    }

    private static Map<?, ?> unwrap(Object pickled, String where) {
        Object at = pickled;
        for (int depth = 0; depth < WRAPPERS.size() && at instanceof Map<?, ?> map; depth++) {
            if (map.values().stream().anyMatch(TorchTensor.class::isInstance)) {
                return map;
            }
            Object inner = null;
            for (String wrapper : WRAPPERS) {
                inner = inner == null ? map.get(wrapper) : inner;
            }
            if (inner == null) {
                throw new ModelFormatException(where + ": expected tensors or one of the entries "
                        + String.join(", ", WRAPPERS) + ", found the entries " + Lists.some(map.keySet()));
            }
            at = inner;
        }
        throw new ModelFormatException(
                where + ": expected a dictionary of tensors, found " + TorchGlobals.describe(at));
    }
}
