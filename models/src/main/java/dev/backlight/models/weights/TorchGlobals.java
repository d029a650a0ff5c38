package dev.backlight.models.weights;

import dev.backlight.engine.io.ElementType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Python names that a checkpoint may refer to: storages, tensors and the ordered dictionary. Nothing else. */
final class TorchGlobals {
    /** Makes a value from the arguments of a call in the pickle; null where they do not fit. */
    @FunctionalInterface
    private interface Constructor {
        @Nullable
        Object call(List<?> arguments);
    }

    private static final Map<String, Constructor> CALLABLE = Map.of(
            "collections.OrderedDict", arguments -> arguments.isEmpty() ? new LinkedHashMap<>() : null,
            "torch.Size", arguments -> arguments.size() == 1 ? arguments.getFirst() : null,
            "torch._utils._rebuild_tensor", TorchGlobals::tensor,
            "torch._utils._rebuild_tensor_v2", TorchGlobals::tensor,
            "torch._utils._rebuild_parameter", TorchGlobals::parameter,
            "torch._utils._rebuild_parameter_with_state", TorchGlobals::parameter);

    private static final Map<String, ElementType> STORAGES = Map.ofEntries(
            Map.entry("torch.HalfStorage", ElementType.F16),
            Map.entry("torch.BFloat16Storage", ElementType.BF16),
            Map.entry("torch.FloatStorage", ElementType.F32),
            Map.entry("torch.DoubleStorage", ElementType.F64),
            Map.entry("torch.BoolStorage", ElementType.BOOL),
            Map.entry("torch.CharStorage", ElementType.I8),
            Map.entry("torch.ByteStorage", ElementType.U8),
            Map.entry("torch.ShortStorage", ElementType.I16),
            Map.entry("torch.IntStorage", ElementType.I32),
            Map.entry("torch.LongStorage", ElementType.I64));

    private TorchGlobals() {}

    /** What a name stands for; any that is not listed here is refused. */
    static Object find(String module, String name, PickleInput in) {
        String global = module + "." + name;
        ElementType storage = STORAGES.get(global.replace("torch.cuda.", "torch."));
        if (storage != null) {
            return storage;
        }
        Constructor constructor = CALLABLE.get(global);
        if (constructor == null) {
            throw in.wrong("expected only tensors and plain data, found the Python name " + global
                    + ", which is refused because loading it could run code; save the state_dict() alone");
        }
        return constructor;
    }

    static Object call(Object callable, Object arguments, PickleInput in) {
        if (callable instanceof Constructor constructor && arguments instanceof List<?> list) {
            Object made = constructor.call(list);
            if (made != null) {
                return made;
            }
        }
        throw in.wrong("expected arguments that make a tensor or a dictionary, found " + describe(arguments));
    }

    /** The storage behind a persistent id: ("storage", type, key, device, elements) and, in old files, a view. */
    static Object storage(Object id, PickleInput in) {
        if (id instanceof List<?> list
                && list.size() >= 5
                && "storage".equals(list.get(0))
                && list.get(1) instanceof ElementType type
                && list.get(2) instanceof String key
                && list.get(4) instanceof Long elements) {
            Object view = list.size() == 5 ? PickleLiteral.None.NONE : list.get(5);
            if (view == PickleLiteral.None.NONE) {
                return new TorchTensor.Storage(key, type, 0, elements);
            }
            if (view instanceof List<?> part
                    && part.size() == 3
                    && part.get(1) instanceof Long offset
                    && part.get(2) instanceof Long size) {
                return new TorchTensor.Storage(key, type, offset, size);
            }
        }
        throw in.wrong("expected the description of a tensor's storage, found " + describe(id));
    }

    /** (storage, offset, sizes, strides, …): gradients and hooks do not concern us. */
    private static @Nullable Object tensor(List<?> arguments) {
        if (arguments.size() >= 4
                && arguments.get(0) instanceof TorchTensor.Storage storage
                && arguments.get(1) instanceof Long offset) {
            long[] sizes = longs(arguments.get(2));
            long[] strides = longs(arguments.get(3));
            if (sizes != null && strides != null && sizes.length == strides.length) {
                return new TorchTensor(storage, offset, sizes, strides);
            }
        }
        return null;
    }

    private static @Nullable Object parameter(List<?> arguments) {
        return !arguments.isEmpty() && arguments.getFirst() instanceof TorchTensor tensor ? tensor : null;
    }

    private static long @Nullable [] longs(Object list) {
        List<Long> numbers = new ArrayList<>();
        if (!(list instanceof List<?> items)) {
            return null;
        }
        for (Object item : items) {
            if (!(item instanceof Long number)) {
                return null;
            }
            numbers.add(number);
        }
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    /** A value in a sentence: never its content, which may be large or contain itself. */
    static String describe(Object value) {
        return switch (value) {
            case Map<?, ?> map -> "a dictionary of " + map.size() + " entries";
            case List<?> list -> "a list of " + list.size() + " items";
            case String text -> text.length() > 40 ? "text of " + text.length() + " letters" : "\"" + text + "\"";
            case TorchTensor tensor -> "a tensor";
            case Constructor constructor -> "a Python function";
            default -> String.valueOf(value);
        };
    }
}
