package dev.backlight.engine.backend;

import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceException;
import java.util.List;
import java.util.function.Consumer;

/**
 * What backends whose memory is Java arrays have in common: {@code float[]}, {@code double[]} and {@code long[]}. The system
 * property {@code backlight.memory}, such as {@code 2G}, is the most that the plan of each repeated computation may take, where
 * the heap is larger; several of them, what runs once and what kernels keep may take more together.
 */
public abstract class HostBackend implements Backend {
    private final BufferPool pool = new BufferPool(new JavaHeap());

    @Override
    public final BufferPool pool() {
        return pool;
    }

    @Override
    public final void upload(Object source, int sourceOffset, Buffer target) {
        System.arraycopy(source, sourceOffset, target.storage().memory(), (int) target.offset(), (int) target.length());
        target.storage().written();
    }

    /** Marks as written what a primitive writes. */
    public static void markWritten(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        written(primitive, inputs, output, Storage::written);
    }

    /** Names what a primitive writes: its output and, of the optimisers' steps, the state among the inputs. */
    public static void written(
            Primitive primitive, List<DeviceArray> inputs, DeviceArray output, Consumer<Storage> action) {
        action.accept(output.storage());
        if (primitive instanceof Primitive.AdamStep || primitive instanceof Primitive.SgdStep) {
            inputs.forEach(input -> action.accept(input.storage()));
        }
    }

    @Override
    public final void download(Buffer source, Object target, int targetOffset) {
        System.arraycopy(source.storage().memory(), (int) source.offset(), target, targetOffset, (int) source.length());
    }

    /** The array under an F32 operand; its elements begin at {@link #offset}. */
    public static float[] floats(DeviceArray array) {
        return (float[]) array.storage().memory();
    }

    /** The array under an F64 operand; its elements begin at {@link #offset}. */
    public static double[] doubles(DeviceArray array) {
        return (double[]) array.storage().memory();
    }

    /** The array under an I64 operand; its elements begin at {@link #offset}. */
    public static long[] longs(DeviceArray array) {
        return (long[]) array.storage().memory();
    }

    public static int offset(DeviceArray array) {
        return (int) array.buffer().offset();
    }

    private static final class JavaHeap implements BlockAllocator {
        private final long capacity = Math.min(
                Runtime.getRuntime().maxMemory(),
                MemorySize.parse("backlight.memory", System.getProperty("backlight.memory", "")));

        @Override
        public Object allocate(DType dtype, long capacity) {
            if (capacity > Integer.MAX_VALUE - 8) {
                throw new DeviceException("a tensor of " + capacity
                        + " elements exceeds what one Java array holds (2147483639); use a smaller batch or image");
            }
            return switch (dtype) {
                case F32 -> new float[(int) capacity];
                case F64 -> new double[(int) capacity];
                case I64 -> new long[(int) capacity];
            };
        }

        @Override
        public long capacity() {
            return capacity;
        }

        @Override
        public long usable() {
            return capacity / 8 * 7;
        }
    }
}
