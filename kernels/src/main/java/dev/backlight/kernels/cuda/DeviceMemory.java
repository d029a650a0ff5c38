package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.DeviceArray;

/** One block of device memory. */
record DeviceMemory(long address, long bytes) {
    /** The address of an array's first element. */
    static long address(DeviceArray array) {
        return address(array.buffer());
    }

    static long address(Buffer buffer) {
        DeviceMemory memory = (DeviceMemory) buffer.storage().memory();
        return memory.address() + buffer.offset() * buffer.dtype().bytes();
    }
}
