package dev.backlight.models.weights;

import dev.backlight.engine.io.MappedFile;
import dev.backlight.engine.io.Npz;
import dev.backlight.engine.io.ZipContents;
import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.onnx.OnnxWeights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Weights in any format that Backlight reads: safetensors, {@code .npz}, PyTorch, ONNX. The content decides, not the name. */
public final class WeightFile {
    /** What PyTorch's DataParallel puts before every name. */
    private static final String DATA_PARALLEL = "module.";

    /** Where the JSON header of safetensors begins, after its length. */
    private static final int HEADER = 8;
    /** The opcode that every pickle since Python 2.3 begins with. */
    private static final int PICKLE = 0x80;
    /** The key of the format's version, which every writer of ONNX puts first. */
    private static final int ONNX = 0x08;

    private WeightFile() {}

    /**
     * Reads all arrays; PyTorch's {@code module.} before every name is left out.
     *
     * @throws ModelFormatException where the file is missing, damaged, cut short or of another format
     */
    public static StateDict read(Path file) {
        MappedFile.requireReadable(file);
        byte[] start = start(file);
        if (start[0] == 'P' && start[1] == 'K') {
            return isNumpy(file) ? StateDict.of(Npz.read(file).values()) : pytorch(file);
        }
        if (start[HEADER] == '{') {
            return Safetensors.read(file).tensors();
        }
        if ((start[0] & 0xff) == PICKLE) {
            return pytorch(file);
        }
        if (start[0] == ONNX) {
            return StateDict.of(OnnxWeights.inGraphOrder(file));
        }
        throw new ModelFormatException(file
                + " holds no weights: expected safetensors, .npz, a PyTorch checkpoint or ONNX, found other content");
    }

    private static byte[] start(Path file) {
        byte[] start = new byte[HEADER + 1];
        try (InputStream in = Files.newInputStream(file)) {
            in.readNBytes(start, 0, start.length);
        } catch (IOException e) {
            throw MappedFile.unreadable(file, e);
        }
        return start;
    }

    private static StateDict pytorch(Path file) {
        return PytorchCheckpoint.read(file).withoutPrefix(DATA_PARALLEL);
    }

    private static boolean isNumpy(Path file) {
        try (ZipContents zip = new ZipContents(file)) {
            return zip.names().stream().allMatch(name -> name.endsWith(".npy"));
        }
    }
}
