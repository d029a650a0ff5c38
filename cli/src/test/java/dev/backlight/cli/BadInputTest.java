package dev.backlight.cli;

import static dev.backlight.cli.Shell.line;
import static dev.backlight.cli.Shell.refuse;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong with what a user gives is said in one sentence, with exit code 2. */
class BadInputTest {
    @TempDir
    private Path folder;

    private List<String> explain(Object... rest) {
        List<String> all = line("explain --threads 1 --method saliency --no-metrics --out", folder.resolve("out"));
        Stream.of(rest).map(String::valueOf).forEach(all::add);
        return all;
    }

    private Path picture() throws IOException {
        return Samples.png(folder.resolve("p.png"), Samples.picture(BufferedImage.TYPE_INT_RGB));
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    @Test
    void missingModelFile() {
        refuse(explain("--model", folder.resolve("none.onnx")), "none.onnx", "not exist");
    }

    @Test
    void missingPicture() {
        refuse(
                explain("--model", Samples.model(folder), "--image", folder.resolve("none.png")),
                "none.png",
                "not exist");
    }

    @Test
    void textNamedOnnx() throws IOException {
        byte[] text = "this is a text, not a model\n".repeat(20).getBytes(StandardCharsets.UTF_8);
        refuse(explain("--model", file("text.onnx", text)), "text.onnx", "found text");
    }

    @Test
    void truncatedOnnx() throws IOException {
        byte[] whole = Samples.onnx("Relu");
        refuse(explain("--model", file("cut.onnx", Arrays.copyOf(whole, whole.length - 9))), "cut.onnx", "cut short");
    }

    @Test
    void unsupportedOperatorIsNamedWithItsNode() throws IOException {
        refuse(explain("--model", file("odd.onnx", Samples.onnx("NoSuchOperator"))), "NoSuchOperator", "the_node");
    }

    @Test
    void pictureThatIsNone() throws IOException {
        Path text = file("text.png", new byte[] {'h', 'e', 'l', 'l', 'o', ' ', 't', 'h', 'e', 'r', 'e'});
        refuse(explain("--model", Samples.model(folder), text), "text.png", "not an image");
    }

    @Test
    void pictureOfOnePixel() throws IOException {
        Path dot = Samples.png(folder.resolve("dot.png"), new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB));
        refuse(explain("--model", Samples.model(folder), dot), "dot.png", "1×1");
    }

    @Test
    void unknownClassNameGetsTheNearest() throws IOException {
        refuse(
                explain("--model", Samples.model(folder), picture(), "--target", "automobil3"),
                "automobil3",
                "automobile (1)");
    }

    @Test
    void targetOutOfRange() throws IOException {
        refuse(explain("--model", Samples.model(folder), picture(), "--target", "10"), "class 10", "0 to 9");
    }

    @Test
    void weightsOfAnotherNetworkAreNamed() throws IOException {
        refuse(
                explain("--model", "resnet32", "--weights", Samples.model(folder), picture()),
                "model.safetensors",
                "layer1.3.conv1.weight");
    }

    @Test
    void unwritableOutput() throws IOException {
        Path obstacle = file("obstacle", new byte[] {1});
        refuse(
                line(
                        "explain --threads 1 --model",
                        Samples.model(folder),
                        picture(),
                        "--out",
                        obstacle.resolve("below")),
                "obstacle",
                "is a file");
        assertEquals(1, Files.size(obstacle));
    }

    @Test
    void unknownMethodGetsTheNearest() {
        refuse(explain("--method", "smothgrad"), "smothgrad", "did you mean smoothgrad");
    }

    @Test
    void unknownNetworkGetsTheNearest() {
        refuse(explain("--model", "resnet21"), "resnet21", "resnet20");
    }

    @Test
    void networkWithoutWeights() {
        refuse(explain("--model", "resnet18"), "resnet18", "--weights");
    }

    @Test
    void unknownDevice() {
        refuse(explain("--model", Samples.model(folder), "--device", "quantum"), "quantum", "reference");
    }

    @Test
    void wrongNumberOfClassNames() throws IOException {
        Path names = Files.writeString(folder.resolve("names.txt"), "one\ntwo\n");
        refuse(explain("--model", Samples.model(folder), picture(), "--classes", names), "10 classes", "2 class names");
    }

    @Test
    void nothingToEvaluate() {
        refuse(
                line(
                        "evaluate --threads 1 --model",
                        Samples.model(folder),
                        "--data",
                        folder.resolve("none"),
                        "--out",
                        folder),
                "none");
    }

    @Test
    void settingsThatMakeNoSense() {
        refuse(explain("--method", "learned", "--smoothing", "2"), "odd");
        refuse(explain("--method", "learned", "--start", "1,2"), "--start");
    }

    @Test
    void unknownOptionIsOneSentenceAndAHint() {
        Shell shell = new Shell();
        assertEquals(ExitCode.WRONG_INPUT, shell.run("explain", "--colour", "red"));
        assertTrue(shell.err().contains("--colour"), shell::err);
        assertTrue(shell.err().contains("backlight explain --help"), shell::err);
    }

    @Test
    void stackTraceOnlyWhenAskedFor() {
        Shell shell = new Shell();
        assertEquals(
                ExitCode.WRONG_INPUT,
                shell.run("explain", "--verbose", "--model", "resnet21", "--out", folder.toString()));
        assertTrue(shell.err().contains("\tat dev.backlight"), shell::err);
    }

    @Test
    void nothingIsLeftBehind() throws IOException {
        refuse(explain("--model", Samples.model(folder), folder.resolve("none.png")), "none.png");
        try (var files = Files.list(folder.resolve("out"))) {
            assertFalse(files.findAny().isPresent());
        }
    }
}
