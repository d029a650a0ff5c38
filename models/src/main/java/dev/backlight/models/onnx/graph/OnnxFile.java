package dev.backlight.models.onnx.graph;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.backlight.engine.io.AtomicFile;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.io.HeapBudget;
import dev.backlight.engine.io.MappedFile;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.onnx.proto.ModelProto;
import dev.backlight.models.onnx.proto.TensorProto;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** Reads ONNX files, of every version of the format since operator sets have been numbered. */
public final class OnnxFile {
    /** Protobuf's own limit on one message; larger models keep their weights in external files. */
    private static final long MAX_BYTES = Integer.MAX_VALUE;

    /** Messages within messages: a graph in an attribute takes three levels. */
    private static final int MAX_DEPTH = 64;

    private static final long ROOM_FOR_NODES = 64L << 20;

    private static final int LOOKED_AT = 512;
    /** Of the heap, what a model's weights may take; each is let go of once it is on the device. */
    private static final double WEIGHTS_SHARE = 0.85;

    private OnnxFile() {}

    /**
     * Reads a model and the external files of its weights.
     *
     * @throws ModelFormatException where a file is missing, empty, cut short, of another format, or the graph in it is not
     *     sound (see {@link Graph})
     * @throws DeviceMemoryException where the heap is too small for it
     */
    public static Graph read(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = MappedFile.map(file, arena);
            ModelProto model = parse(file, bytes);
            HeapBudget budget = HeapBudget.ofShare(file.toString(), WEIGHTS_SHARE);
            TensorReader tensors = new TensorReader(file.toString(), budget, new ExternalData(file, arena));
            return new GraphReader(file.toString(), tensors).read(model);
        } catch (OutOfMemoryError e) {
            throw new DeviceMemoryException(
                    file + ": the " + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MB of the Java heap are not enough to read it; raise the heap with -Xmx",
                    e);
        }
    }

    /**
     * Reads a file that holds a single tensor, as the inputs and outputs beside ONNX's test models do.
     *
     * @throws ModelFormatException where the file is missing, damaged, or its elements are no real numbers
     */
    public static NamedArray readTensor(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            TensorProto tensor =
                    TensorProto.parseFrom(MappedFile.map(file, arena).asByteBuffer());
            return new TensorReader(file.toString(), new HeapBudget(file.toString()), new ExternalData(file, arena))
                    .read(tensor);
        } catch (InvalidProtocolBufferException e) {
            throw new ModelFormatException(
                    file + ": expected a tensor of ONNX, found bytes that are damaged or of another format ("
                            + e.getMessage() + ")",
                    e);
        }
    }

    /**
     * Writes a graph as a file of one piece, replacing what was there once it is complete.
     *
     * @throws ModelFormatException where it would be larger than protobuf allows
     * @throws dev.backlight.engine.shape.BacklightException where the file cannot be written
     */
    public static void write(Graph graph, Path file) {
        long bytes = graph.initialisers().values().stream()
                .mapToLong(array ->
                        array.size() * (long) ElementType.storing(array.dtype()).bytes())
                .sum();
        if (bytes > MAX_BYTES - ROOM_FOR_NODES) {
            throw new ModelFormatException(file + ": the weights take " + bytes
                    + " bytes, but an ONNX file holds at most 2 GiB; write a smaller network");
        }
        ModelProto model = GraphWriter.model(graph);
        AtomicFile.write(file, model::writeTo);
    }

    private static ModelProto parse(Path file, MemorySegment bytes) {
        if (bytes.byteSize() > MAX_BYTES) {
            throw new ModelFormatException(file + ": expected an ONNX model of at most 2 GiB, found " + bytes.byteSize()
                    + " bytes; save its weights as external data");
        }
        if (isText(bytes)) {
            throw new ModelFormatException(file + ": expected an ONNX model (a protobuf message), found text");
        }
        ModelProto model = decode(file, bytes);
        if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
            throw new ModelFormatException(
                    file + ": expected an ONNX model, found a protobuf message without a graph of operators");
        }
        return model;
    }

    private static ModelProto decode(Path file, MemorySegment bytes) {
        CodedInputStream in = Skeleton.of(bytes)
                .map(CodedInputStream::newInstance)
                .orElseGet(() ->
                        UnsafeByteOperations.unsafeWrap(bytes.asByteBuffer()).newCodedInput());
        in.setRecursionLimit(MAX_DEPTH);
        try {
            return ModelProto.parseFrom(in);
        } catch (InvalidProtocolBufferException e) {
            throw new ModelFormatException(
                    file + ": expected an ONNX model, found " + bytes.byteSize()
                            + " bytes that are cut short, damaged or of another format; fetch the file again ("
                            + e.getMessage() + ")",
                    e);
        } catch (IOException e) {
            throw MappedFile.unreadable(file, e);
        }
    }

    private static boolean isText(MemorySegment bytes) {
        for (long i = 0; i < Math.min(LOOKED_AT, bytes.byteSize()); i++) {
            int at = bytes.get(ValueLayout.JAVA_BYTE, i);
            if (at >= 0 && at < ' ' && at != '\n' && at != '\r' && at != '\t') {
                return false;
            }
        }
        return true;
    }
}
