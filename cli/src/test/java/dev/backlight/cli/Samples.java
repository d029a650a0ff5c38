package dev.backlight.cli;

import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.shape.DType;
import dev.backlight.models.data.Cifar10;
import dev.backlight.models.data.Preprocessing;
import dev.backlight.models.onnx.proto.GraphProto;
import dev.backlight.models.onnx.proto.ModelProto;
import dev.backlight.models.onnx.proto.NodeProto;
import dev.backlight.models.onnx.proto.OperatorSetIdProto;
import dev.backlight.models.onnx.proto.TensorShapeProto;
import dev.backlight.models.onnx.proto.TypeProto;
import dev.backlight.models.onnx.proto.ValueInfoProto;
import dev.backlight.models.vision.Classifier;
import dev.backlight.models.vision.ClassifierFile;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import javax.imageio.ImageIO;

/** Small models, pictures and data sets, made for tests. */
final class Samples {
    private static final int SIDE = 12;

    private Samples() {}

    /** An untrained ResNet-20 for ten classes, as {@code train} writes its models. */
    static Path model(Path folder) {
        Path file = folder.resolve("model.safetensors");
        Classifier classifier = Classifier.of(
                "resnet20", Cifar10.CLASSES, Preprocessing.preset("cifar").withSize(SIDE));
        classifier.network().initialise(new ReferenceBackend(), DType.F32, 1);
        ClassifierFile.write(file, classifier, Map.of(), ElementType.F32);
        return file;
    }

    /** An ONNX model of one node. */
    static byte[] onnx(String operator) {
        return ModelProto.newBuilder()
                .setIrVersion(7)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
                .setGraph(GraphProto.newBuilder()
                        .setName("tiny")
                        .addInput(value("x", 1, 3, 8, 8))
                        .addOutput(value("y", 1, 3))
                        .addNode(NodeProto.newBuilder()
                                .setName("the_node")
                                .setOpType(operator)
                                .addInput("x")
                                .addOutput("y")))
                .build()
                .toByteArray();
    }

    private static ValueInfoProto value(String name, int... sizes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int size : sizes) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)))
                .build();
    }

    /** A picture of some colours, of a type of {@link BufferedImage}. */
    static BufferedImage picture(int type) {
        BufferedImage image = new BufferedImage(20, 16, type);
        Graphics2D pen = image.createGraphics();
        pen.setColor(Color.ORANGE);
        pen.fillRect(0, 0, 20, 16);
        pen.setColor(new Color(20, 60, 200, 128));
        pen.fillOval(4, 3, 11, 10);
        pen.dispose();
        return image;
    }

    static Path png(Path file, BufferedImage image) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    static Path resource(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = Objects.requireNonNull(Samples.class.getResourceAsStream(name), name)) {
            Files.copy(in, file);
        }
        return file;
    }

    /** MNIST's four files with random pictures of 8×8 pixels, brighter the higher their class. */
    static Path digits(Path folder, int training, int test) throws IOException {
        Files.createDirectories(folder);
        write(folder, "train", training);
        write(folder, "t10k", test);
        return folder;
    }

    private static void write(Path folder, String part, int count) throws IOException {
        Random random = new Random(count);
        try (DataOutputStream images = open(folder.resolve(part + "-images-idx3-ubyte"));
                DataOutputStream labels = open(folder.resolve(part + "-labels-idx1-ubyte"))) {
            images.writeInt(0x803);
            labels.writeInt(0x801);
            for (int size : new int[] {count, 8, 8}) {
                images.writeInt(size);
            }
            labels.writeInt(count);
            for (int i = 0; i < count; i++) {
                labels.writeByte(i % 10);
                for (int pixel = 0; pixel < 64; pixel++) {
                    images.writeByte(20 * (i % 10) + random.nextInt(50));
                }
            }
        }
    }

    private static DataOutputStream open(Path file) throws IOException {
        OutputStream out = Files.newOutputStream(file);
        return new DataOutputStream(out);
    }
}
