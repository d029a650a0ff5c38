package dev.backlight.engine.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Op;
import dev.backlight.engine.op.Ops;
import dev.backlight.engine.op.Silu;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OpCatalogueTest {
    @Test
    void everyOpHasASample() throws Exception {
        assertEquals(Set.of(), missing(OpCatalogue.samples()), "ops without a sample in OpCatalogue");
    }

    @Test
    void anOpWithoutSampleIsNoticed() throws Exception {
        List<OpSample> fewer = OpCatalogue.samples().stream()
                .filter(sample -> sample.op() != Silu.class)
                .toList();
        assertEquals(Set.of("dev.backlight.engine.op.Silu"), missing(fewer));
    }

    @Test
    void namesAreUnique() {
        List<String> names = OpCatalogue.samples().stream().map(OpSample::name).toList();
        assertEquals(names.size(), new HashSet<>(names).size());
    }

    private static Set<String> missing(List<OpSample> samples) throws IOException, URISyntaxException {
        Set<String> sampled =
                samples.stream().map(sample -> sample.op().getName()).collect(Collectors.toSet());
        Set<String> missing = new TreeSet<>(compiledOps());
        assertTrue(missing.size() > 50, "the scan of compiled classes finds the ops");
        missing.removeAll(sampled);
        return missing;
    }

    /** Every concrete class of the op package that implements {@link Op}, from the compiler's output folder. */
    private static Set<String> compiledOps() throws IOException, URISyntaxException {
        Path classes = Path.of(
                Ops.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.list(classes.resolve("dev/backlight/engine/op"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".class") && !file.startsWith("package-info"))
                    .map(file -> load("dev.backlight.engine.op." + file.substring(0, file.length() - 6)))
                    .filter(type -> Op.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers()))
                    .map(Class::getName)
                    .collect(Collectors.toSet());
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, OpCatalogueTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
