package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.WindowGeometry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A kernel's parameters, packed as CUDA lays out a struct of them: each aligned to its own size. */
final class Arguments {
    /** What a launch carries at most, on every device that the PTX is for. */
    static final int LIMIT = 4096;

    private static final int STRUCT_ALIGNMENT = 8;

    private ByteBuffer packed = ByteBuffer.allocate(128).order(ByteOrder.nativeOrder());

    /** The address of the array's first element. */
    Arguments array(DeviceArray array) {
        return address(DeviceMemory.address(array));
    }

    Arguments address(long address) {
        return i64(address);
    }

    Arguments i32(int value) {
        room(Integer.BYTES, Integer.BYTES).putInt(value);
        return this;
    }

    /** The eight numbers of a window, as kernels read them. */
    Arguments window(WindowGeometry g) {
        for (int number : Types.window(g)) {
            i32(number);
        }
        return this;
    }

    Arguments i64(long value) {
        room(Long.BYTES, Long.BYTES).putLong(value);
        return this;
    }

    Arguments f32(float value) {
        room(Float.BYTES, Float.BYTES).putFloat(value);
        return this;
    }

    Arguments f64(double value) {
        room(Double.BYTES, Double.BYTES).putDouble(value);
        return this;
    }

    /** A struct passed by value, from its position to its limit; it is aligned to 8 bytes, so let it hold a 64-bit member. */
    Arguments bytes(ByteBuffer struct) {
        ByteBuffer copy = struct.duplicate();
        room(STRUCT_ALIGNMENT, copy.remaining()).put(copy);
        return this;
    }

    int size() {
        return packed.position();
    }

    void copyTo(ByteBuffer target) {
        target.clear();
        target.put(packed.array(), 0, packed.position());
    }

    private ByteBuffer room(int alignment, int bytes) {
        int start = (packed.position() + alignment - 1) / alignment * alignment;
        int end = start + bytes;
        if (end > LIMIT) {
            throw new IllegalArgumentException("kernel parameters of " + end + " bytes exceed " + LIMIT);
        }
        if (end > packed.capacity()) {
            ByteBuffer larger =
                    ByteBuffer.allocate(Math.max(end, 2 * packed.capacity())).order(ByteOrder.nativeOrder());
            larger.put(packed.array(), 0, packed.position());
            packed = larger;
        }
        packed.position(start);
        return packed;
    }
}
