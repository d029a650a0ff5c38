package dev.backlight.engine.autodiff;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Owned;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.program.Recorder;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.ShapeException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable array of numbers on a backend, and, when it was computed from a tensor that a {@link Tape} watches, the
 * {@link Application} that made it. Its memory belongs to the {@link dev.backlight.engine.backend.Scope} it was made in.
 */
public final class Tensor implements Owned {
    private final Backend backend;
    private final DeviceArray array;
    private final @Nullable Tape tape;
    private final @Nullable Application application;

    Tensor(Backend backend, DeviceArray array, @Nullable Tape tape, @Nullable Application application) {
        this.backend = backend;
        this.array = array;
        this.tape = tape;
        this.application = application;
    }

    /** A tensor of an array that a backend has filled. */
    public static Tensor of(Backend backend, DeviceArray array) {
        return new Tensor(backend, array, null, null);
    }

    /**
     * An F32 tensor with a copy of the values, in row-major order.
     *
     * @throws ShapeException when their number is not the shape's
     */
    public static Tensor of(Backend backend, Shape shape, float... values) {
        return upload(backend, DType.F32, shape, values, values.length);
    }

    /** An F64 tensor with a copy of the values. */
    public static Tensor of(Backend backend, Shape shape, double... values) {
        return upload(backend, DType.F64, shape, values, values.length);
    }

    /** An I64 tensor with a copy of the values. */
    public static Tensor of(Backend backend, Shape shape, long... values) {
        return upload(backend, DType.I64, shape, values, values.length);
    }

    /** A tensor of one value everywhere. */
    public static Tensor full(Backend backend, DType dtype, Shape shape, double value) {
        return execute(backend, new Primitive.Fill(value), dtype, shape);
    }

    /** Uniform on [0,1) or standard normal numbers that depend on the seed alone. */
    public static Tensor random(
            Backend backend, DType dtype, Shape shape, Primitive.Distribution distribution, long seed) {
        return execute(backend, new Primitive.Random(distribution, seed), dtype, shape);
    }

    /** Runs a primitive into a new, unrecorded tensor; or, while a {@link Recorder} is open, lists it there. */
    public static Tensor execute(Backend backend, Primitive primitive, DType dtype, Shape shape, Tensor... inputs) {
        List<DeviceArray> operands = Arrays.stream(inputs).map(Tensor::array).toList();
        Recorder recorder = Recorder.current();
        if (recorder != null) {
            return of(backend, recorder.record(backend, primitive, operands, dtype, shape));
        }
        DeviceArray output = backend.allocate(dtype, shape);
        backend.execute(primitive, operands, output);
        return of(backend, output);
    }

    private static Tensor upload(Backend backend, DType dtype, Shape shape, Object values, int length) {
        if (length != shape.elements()) {
            throw new ShapeException(
                    "shape " + shape + " has " + shape.elements() + " elements, but " + length + " values were given");
        }
        DeviceArray array = backend.allocate(dtype, shape);
        backend.upload(values, 0, array.buffer());
        return of(backend, array);
    }

    public Shape shape() {
        return array.shape();
    }

    public DType dtype() {
        return array.dtype();
    }

    public Backend backend() {
        return backend;
    }

    public DeviceArray array() {
        return array;
    }

    @Override
    public Storage storage() {
        return array.storage();
    }

    /** The tape that records what is computed from this tensor, or null. */
    public @Nullable Tape tape() {
        return tape;
    }

    /** What made this tensor, or null for constants and watched leaves. */
    public @Nullable Application application() {
        return application;
    }

    /** The same numbers, recorded nowhere: nothing computed from the result reaches this tensor's tape. */
    public Tensor detached() {
        return tape == null ? this : of(backend, array);
    }

    /** All elements as floats, in row-major order; other types are converted. */
    public float[] toFloats() {
        if (dtype() == DType.F32) {
            float[] values = new float[(int) shape().elements()];
            backend.download(array.buffer(), values, 0);
            return values;
        }
        double[] wide = toDoubles();
        float[] values = new float[wide.length];
        for (int i = 0; i < wide.length; i++) {
            values[i] = (float) wide[i];
        }
        return values;
    }

    /** All elements as doubles, in row-major order. */
    public double[] toDoubles() {
        int length = (int) shape().elements();
        double[] wide = new double[length];
        switch (dtype()) {
            case F64 -> backend.download(array.buffer(), wide, 0);
            case F32 -> {
                float[] values = toFloats();
                for (int i = 0; i < length; i++) {
                    wide[i] = values[i];
                }
            }
            case I64 -> {
                long[] values = toLongs();
                for (int i = 0; i < length; i++) {
                    wide[i] = values[i];
                }
            }
        }
        return wide;
    }

    /**
     * All elements of an I64 tensor.
     *
     * @throws ShapeException for other types
     */
    public long[] toLongs() {
        if (dtype() != DType.I64) {
            throw new ShapeException("expected indices (I64), but found a tensor of " + dtype());
        }
        long[] values = new long[(int) shape().elements()];
        backend.download(array.buffer(), values, 0);
        return values;
    }

    /**
     * The value of a tensor with one element.
     *
     * @throws ShapeException when it has more or none
     */
    public double item() {
        if (shape().elements() != 1) {
            throw new ShapeException("item() needs a tensor with one element, but found shape " + shape());
        }
        return toDoubles()[0];
    }

    Tensor on(Tape newTape, @Nullable Application madeBy) {
        return new Tensor(backend, array, newTape, madeBy);
    }

    @Override
    public String toString() {
        String origin = application == null ? "" : ", from " + application;
        return "Tensor(" + dtype() + " " + shape() + " on " + backend.name() + origin + ")";
    }

    static List<Tensor> detached(List<Tensor> tensors) {
        return tensors.stream().map(Tensor::detached).toList();
    }
}
