package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.BlockAllocator;
import dev.backlight.engine.shape.DType;

/** Memory of the device, asked for block by block, on any thread; the pool above it keeps what is given back. */
final class DeviceAllocator implements BlockAllocator {
    private final Context context;
    private final long limit;

    DeviceAllocator(Context context, long limit) {
        this.context = context;
        this.limit = limit;
    }

    @Override
    public Object allocate(DType dtype, long capacity) {
        context.enter();
        long bytes = capacity * dtype.bytes();
        return new DeviceMemory(context.driver().allocate(bytes), bytes);
    }

    @Override
    public void free(Object memory) {
        context.enter();
        context.driver().free(((DeviceMemory) memory).address());
    }

    @Override
    public boolean needsFreeing() {
        return true;
    }

    @Override
    public long limit() {
        return limit;
    }
}
