package dev.backlight.models.weights;

import dev.backlight.engine.io.AtomicFile;
import dev.backlight.engine.io.ElementType;
import dev.backlight.engine.io.LittleEndianOutput;
import dev.backlight.engine.io.NamedArray;
import dev.backlight.engine.shape.DType;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes weights as {@code torch.save} writes a state dict since PyTorch 1.6: a ZIP archive, not compressed, of a pickle
 * that names the tensors and of one file of numbers for each.
 */
public final class PytorchWriter {
    private static final String FOLDER = "archive/";

    private PytorchWriter() {}

    /**
     * Writes all arrays in their types; the file appears only when it is complete.
     *
     * @throws dev.backlight.engine.shape.BacklightException where the file cannot be written
     */
    public static void write(Path file, StateDict state) {
        List<NamedArray> arrays = List.copyOf(state.arrays().values());
        AtomicFile.write(file, out -> write(out, arrays));
    }

    private static void write(OutputStream out, List<NamedArray> arrays) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out);
        entry(zip, "data.pkl", new StatePickle().of(arrays));
        entry(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < arrays.size(); i++) {
            ByteArrayOutputStream numbers = new ByteArrayOutputStream();
            LittleEndianOutput.write(arrays.get(i), numbers);
            entry(zip, "data/" + i, numbers.toByteArray());
        }
        entry(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
        zip.finish();
    }

    /** PyTorch maps the files of numbers as they lie, so they are stored and not deflated. */
    private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 check = new CRC32();
        check.update(content);
        ZipEntry entry = new ZipEntry(FOLDER + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(check.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** The few opcodes of pickle's protocol 2 that an ordered dict of tensors needs. */
    private static final class StatePickle {
        private static final int PROTOCOL = 2;

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final DataOutputStream out = new DataOutputStream(bytes);

        byte[] of(List<NamedArray> arrays) throws IOException {
            out.write(0x80);
            out.write(PROTOCOL);
            emptyDict();
            out.write('(');
            for (int i = 0; i < arrays.size(); i++) {
                text(arrays.get(i).name());
                tensor(arrays.get(i), i);
            }
            out.write('u');
            out.write('.');
            return bytes.toByteArray();
        }

        private void emptyDict() throws IOException {
            global("collections", "OrderedDict");
            out.write(')');
            out.write('R');
        }

        /** {@code torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)}. */
        private void tensor(NamedArray array, int key) throws IOException {
            global("torch._utils", "_rebuild_tensor_v2");
            out.write('(');
            out.write('(');
            text("storage");
            global("torch", storage(array.dtype()));
            text(Integer.toString(key));
            text("cpu");
            number(array.size());
            out.write('t');
            out.write('Q');
            number(0);
            int[] sizes = array.shape().sizes();
            tuple(sizes);
            tuple(strides(sizes));
            out.write(0x89);
            emptyDict();
            out.write('t');
            out.write('R');
        }

        private static String storage(DType dtype) {
            return switch (ElementType.storing(dtype)) {
                case F64 -> "DoubleStorage";
                case I64 -> "LongStorage";
                default -> "FloatStorage";
            };
        }

        private static int[] strides(int... sizes) {
            int[] strides = new int[sizes.length];
            int stride = 1;
            for (int axis = sizes.length - 1; axis >= 0; axis--) {
                strides[axis] = stride;
                stride *= sizes[axis];
            }
            return strides;
        }

        private void tuple(int... values) throws IOException {
            out.write('(');
            for (int value : values) {
                number(value);
            }
            out.write('t');
        }

        private void global(String module, String name) throws IOException {
            out.write('c');
            out.write((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
        }

        private void text(String value) throws IOException {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            out.write('X');
            out.writeInt(Integer.reverseBytes(utf8.length));
            out.write(utf8);
        }

        private void number(int value) throws IOException {
            out.write('J');
            out.writeInt(Integer.reverseBytes(value));
        }
    }
}
