package dev.backlight.tests.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.autodiff.Replay;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.nn.Convolution;
import dev.backlight.engine.nn.Flatten;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.nn.Linear;
import dev.backlight.engine.nn.Sequential;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.sweep.Extent;
import dev.backlight.kernels.sweep.Kind;
import dev.backlight.kernels.sweep.Replays;
import dev.backlight.kernels.sweep.Sweep;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Products and convolutions by NVIDIA's libraries, through stand-ins that check how they are called and compute. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class VendorCases {
    /** Settings of the stand-ins, of this process and of others. */
    static final String FAILS = "CUDA_EMU_VENDOR_FAILS";

    private Backend cuda = new ReferenceBackend();

    /** The folder of the stand-ins. */
    abstract Path folder();

    /** The version of the stand-in {@code cublas} or {@code cudnn}. */
    abstract int version(String library);

    /** Makes this process find the stand-ins. */
    abstract void offer();

    /** The program where it finds the stand-ins. */
    abstract Program program();

    /** How {@code devices} describes the library. */
    abstract String description(String library);

    @BeforeAll
    void open() {
        Emulator.require();
        offer();
        cuda = Backends.named("cuda", 1, Map.of("vendor", "require"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"MATRIX_PRODUCT", "CONVOLUTION", "INPUT_GRADIENT", "WEIGHT_GRADIENT", "EPILOGUE"})
    void agreesWithTheReference(Kind kind) {
        String library = kind == Kind.MATRIX_PRODUCT ? "cublas" : "cudnn";
        long before = given(library);
        new Sweep("cuda with libraries", cuda, cuda, Extent.SMALL).run(kind);
        assertTrue(given(library) > before, () -> library + " was given nothing to do");
    }

    /** From the third run on the graph repeats what the libraries put into the stream, without a call of theirs. */
    @Test
    void aGraphRepeatsTheirWork() {
        Layer network = new Sequential(Convolution.square(3, 5, 3, 1, 1), new Flatten(), new Linear(5 * 6 * 6, 4));
        network.initialise(cuda, DType.F32, 3);
        UnaryOperator<Tensor> replayed = Replay.of(network::apply);
        for (int run = 0; run < 4; run++) {
            try (Scope scope = Scope.open()) {
                Tensor x = Tensor.random(cuda, DType.F32, Shape.of(2, 3, 6, 6), Primitive.Distribution.NORMAL, run);
                Tensor expected = network.apply(x);
                long before = given("cudnn") + given("cublas");
                Replays.assertSameBits(List.of(expected), List.of(replayed.apply(x)), "run " + run);
                boolean called = given("cudnn") + given("cublas") > before;
                assertEquals(run < 2, called, "the libraries are called in run " + run);
            }
        }
    }

    @Test
    void devicesNamesThem() {
        Finished devices = program().run("devices");
        assertTrue(devices.output().contains(description("cublas")), devices::output);
        assertTrue(devices.output().contains(description("cudnn")), devices::output);
    }

    @ParameterizedTest
    @CsvSource({"cublasCreate_v2,cuBLAS,cublasCreate", "cudnnCreate,cuDNN,cudnnCreate"})
    void aLibraryThatCannotStartIsLeftOutWithTheReason(String function, String library, String said) {
        Finished devices = program().with(FAILS, function).run("devices");
        assertEquals(0, devices.status(), devices::output);
        String line = devices.output()
                .lines()
                .filter(one -> one.contains(library))
                .findFirst()
                .orElseThrow();
        assertTrue(line.contains("not used: "), line);
        assertTrue(line.contains(said + " gave status 14"), line);
    }

    @ParameterizedTest
    @CsvSource({
        "cublasSgemmStridedBatched,cuBLAS failed (cublasSgemmStridedBatched gave status 14)",
        "cudnnConvolutionForward,cuDNN failed (cudnnConvolutionForward gave status 14)",
        "cudnnConvolutionBackwardData,cuDNN failed (cudnnConvolutionBackwardData gave status 14)"
    })
    void aLibraryThatFailsHalfWayEndsTheProgramWithASentence(String function, String said, @TempDir Path folder) {
        Finished explained = program()
                .with(FAILS, function)
                .run(
                        "explain",
                        "--device",
                        "cuda",
                        "--vendor",
                        "auto",
                        "--methods",
                        "saliency",
                        "--no-metrics",
                        "--out",
                        folder.toString());
        assertEquals(2, explained.status(), explained::output);
        assertTrue(explained.output().contains(said + "; leave it out with --vendor off"), explained::output);
    }

    @SuppressWarnings("restricted") // asks the stand-in how much it was given
    private long given(String library) {
        Path file = folder().resolve("lib" + library + ".so." + version(library));
        try {
            return (long) Linker.nativeLinker()
                    .downcallHandle(
                            SymbolLookup.libraryLookup(file.toAbsolutePath(), Arena.global())
                                    .findOrThrow(library + "EmuGiven"),
                            FunctionDescriptor.of(ValueLayout.JAVA_LONG))
                    .invokeExact();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
