package dev.backlight.tests.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.attribution.method.Attributor;
import dev.backlight.attribution.method.Halving;
import dev.backlight.attribution.method.InputGradient;
import dev.backlight.attribution.method.Question;
import dev.backlight.engine.autodiff.Tensor;
import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Backends;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.nn.Layer;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.models.vision.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is missing or breaks is said in one sentence. */
class CudaFailuresTest {
    private static final int WRONG_INPUT = 2;

    @TempDir
    private Path folder;

    private Finished saliency(Program program) {
        return program.run(
                "explain", "--device", "cuda", "--methods", "saliency", "--no-metrics", "--out", folder.toString());
    }

    /** The program ends with this sentence, and nothing but the stand-in's own lines and progress are beside it. */
    private static void assertSays(String sentence, Finished finished) {
        assertEquals(WRONG_INPUT, finished.status(), finished::output);
        List<String> said = finished.output()
                .lines()
                .filter(line -> line.startsWith("backlight explain: "))
                .toList();
        assertEquals(1, said.size(), finished::output);
        assertTrue(said.getFirst().contains(sentence), finished::output);
        assertTrue(!finished.output().contains("Exception"), finished::output);
    }

    @Test
    void withoutDriver() {
        Finished devices = Program.withoutDriver().run("devices");
        Assumptions.assumeFalse(
                devices.output().contains("cuda: available"), "skipped: this machine has NVIDIA's driver and a GPU");
        assertSays("device cuda cannot be used: NVIDIA's driver is not installed", saliency(Program.withoutDriver()));
    }

    @Test
    void aDriverWithoutDevice() {
        assertSays(
                "device cuda cannot be used: NVIDIA's driver is installed but finds no GPU (CUDA_ERROR_NO_DEVICE, 100)",
                saliency(Program.emulated().with("CUDA_EMU_DEVICES", "0")));
    }

    @Test
    void aDeviceLostHalfWay() {
        assertSays(
                "the GPU stopped working when it was to launch the kernel",
                saliency(Program.emulated().with("CUDA_EMU_LOST", "150")));
    }

    @Test
    void aDeviceWithLittleMemory() {
        assertSays("use a smaller batch or image", saliency(Program.emulated().with("CUDA_EMU_MEMORY", "4000000")));
    }

    /** What JCuda unpacks under a fixed name, once cut short and once of another version. */
    @Test
    void staleNativeFilesAreNotUsed() throws IOException {
        for (int bytes : new int[] {0, 1000}) {
            Files.write(folder.resolve("libJCudaDriver-12.6.0-linux-x86_64.so"), new byte[bytes]);
            Finished devices =
                    Program.emulated().flag("-Djava.io.tmpdir=" + folder).run("devices");
            assertTrue(devices.output().contains("cuda: available"), devices::output);
        }
    }

    /** A batch that does not fit is halved until it does. */
    @Test
    void shortMemorySplitsTheBatch() {
        Emulator.require();
        Attributor method = InputGradient.saliency();
        Tensor whole = attributed(method, Map.of());
        assertThrows(DeviceMemoryException.class, () -> attributed(method, Map.of("memory", "8M")));
        assertArrayEquals(
                whole.toDoubles(),
                attributed(new Halving(method), Map.of("memory", "8M")).toDoubles(),
                1e-5);
    }

    private static Tensor attributed(Attributor method, Map<String, String> settings) {
        Backend cuda = Backends.named("cuda", 1, settings);
        Layer network = Zoo.named("resnet20").build(3, 10);
        network.initialise(cuda, DType.F32, 5);
        try (Scope scope = Scope.open()) {
            Tensor images = Tensor.random(cuda, DType.F32, Shape.of(8, 3, 32, 32), Primitive.Distribution.NORMAL, 11);
            Question question = new Question(network, images, new int[] {0, 1, 2, 3, 4, 5, 6, 7});
            return scope.keep(method.attribute(question, (done, total) -> {}).values());
        }
    }
}
