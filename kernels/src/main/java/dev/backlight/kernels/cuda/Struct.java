package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.WindowGeometry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A struct that a kernel takes by value, member by member; padding is written like members. */
final class Struct {
    private final ByteBuffer bytes;

    Struct(int capacity) {
        this.bytes = ByteBuffer.allocate(capacity).order(ByteOrder.nativeOrder());
    }

    Struct i8(int value) {
        bytes.put((byte) value);
        return this;
    }

    Struct i32(int value) {
        bytes.putInt(value);
        return this;
    }

    /** The eight numbers of a window, as kernels read them. */
    Struct window(WindowGeometry g) {
        for (int number : Types.window(g)) {
            i32(number);
        }
        return this;
    }

    Struct i64(long value) {
        bytes.putLong(value);
        return this;
    }

    Struct f64(double value) {
        bytes.putDouble(value);
        return this;
    }

    /** The address of an array's first element. */
    Struct array(DeviceArray array) {
        return i64(DeviceMemory.address(array));
    }

    /** Leaves out members, which stay 0. */
    Struct skip(int count) {
        bytes.position(bytes.position() + count);
        return this;
    }

    /** What has been written, to be passed on. */
    ByteBuffer finished() {
        return bytes.flip();
    }
}
