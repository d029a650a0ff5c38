package dev.backlight.tests.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Lower packages never import upper ones, and modules know only those below them. A package that is still empty passes.
 */
class LayersTest {
    private static final String ROOT = "dev.backlight.";

    /**
     * From the bottom up; {@code io} reads and writes files of arrays. {@code check} looks at everything in the engine, and
     * nothing there looks at it.
     */
    private static final List<String> ENGINE =
            packages("engine", "shape", "io", "backend", "program", "autodiff", "op", "nn", "optim", "check");

    private static final List<String> ATTRIBUTION = packages("attribution", "rule", "method", "learn");

    /** Frameworks that Backlight is compared with. */
    private static final String[] PEERS = {
        "ai.djl..", "ai.onnxruntime..", "org.deeplearning4j..", "org.nd4j..", "org.pytorch..", "org.tensorflow.."
    };

    private static JavaClasses classes;

    @BeforeAll
    static void importClasses() {
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.backlight");
        assertFalse(classes.isEmpty(), "no class of dev.backlight is on the class path");
    }

    @ParameterizedTest
    @MethodSource("layerRules")
    void lowerNeverImportsUpper(ArchRule rule) {
        rule.check(classes);
    }

    static Stream<ArchRule> layerRules() {
        return Stream.of(ENGINE, ATTRIBUTION)
                .flatMap(layers -> IntStream.range(0, layers.size() - 1)
                        .mapToObj(i -> never(
                                List.of(layers.get(i)),
                                layers.subList(i + 1, layers.size()).toArray(String[]::new))));
    }

    @ParameterizedTest
    @MethodSource("moduleRules")
    void modulesKnowOnlyThoseBelow(ArchRule rule) {
        rule.check(classes);
    }

    static Stream<ArchRule> moduleRules() {
        return Stream.of(
                never(
                        List.of(module("engine")),
                        module("kernels"),
                        module("models"),
                        module("attribution"),
                        module("cli"),
                        module("benchmarks")),
                never(
                        List.of(module("kernels")),
                        module("models"),
                        module("attribution"),
                        module("cli"),
                        module("benchmarks")),
                never(List.of(module("models")), module("attribution"), module("cli"), module("benchmarks")),
                never(List.of(module("attribution")), module("models"), module("cli"), module("benchmarks")),
                never(List.of(module("cli")), module("benchmarks")));
    }

    /** Kernels are found by ServiceLoader, so that a program runs without them. */
    @Test
    void nothingCompilesAgainstKernels() {
        never(List.of(module("models"), module("attribution"), module("cli")), module("kernels"))
                .check(classes);
    }

    @Test
    void backendsShareWhatIsInCommonAlone() {
        String common = ROOT + "kernels.common..";
        String vector = ROOT + "kernels.vector..";
        String scalar = ROOT + "kernels.scalar..";
        String cuda = ROOT + "kernels.cuda..";
        never(List.of(common), vector, scalar, cuda).check(classes);
        never(List.of(vector), scalar, cuda).check(classes);
        never(List.of(scalar), vector, cuda).check(classes);
        never(List.of(cuda), vector, scalar).check(classes);
    }

    @Test
    void metricsAndRenderingAreLeaves() {
        String metric = ROOT + "attribution.metric..";
        String render = ROOT + "attribution.render..";
        never(ATTRIBUTION, metric, render).check(classes);
        never(List.of(metric), render, ROOT + "attribution.learn..").check(classes);
        never(List.of(render), metric, ROOT + "attribution.learn..").check(classes);
    }

    @Test
    void peersAreKnownToBenchmarksOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(module("benchmarks"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(PEERS)
                .check(classes);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching(ROOT + "(*).(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(classes);
    }

    /** A package outside the named layers would escape the rules above. */
    @Test
    void engineHasNoPackageOutsideItsLayers() {
        classes()
                .that()
                .resideInAPackage(module("engine"))
                .should()
                .resideInAnyPackage(ENGINE.toArray(String[]::new))
                .allowEmptyShould(true)
                .check(classes);
    }

    private static ArchRule never(List<String> from, String... to) {
        return noClasses()
                .that()
                .resideInAnyPackage(from.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(to)
                .allowEmptyShould(true);
    }

    private static List<String> packages(String module, String... names) {
        return Stream.of(names).map(name -> ROOT + module + '.' + name + "..").toList();
    }

    private static String module(String name) {
        return ROOT + name + "..";
    }
}
