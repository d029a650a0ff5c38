package dev.backlight.tests;

import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.io.Npz;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The arrays of one oracle file; a missing one is named. */
record OracleArrays(Path file, Map<String, NamedArray> arrays) {
    static OracleArrays read(Path file) {
        return new OracleArrays(file, Npz.read(file));
    }

    Set<String> names() {
        return arrays.keySet();
    }

    NamedArray get(String name) {
        return Objects.requireNonNull(arrays.get(name), () -> file + " has no array " + name);
    }

    /** In double precision. */
    Tensor tensor(String name, Backend backend) {
        NamedArray array = get(name);
        return Tensor.of(backend, array.shape(), array.doubles());
    }
}
