package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.BlockAllocator;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Execution;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.DType;
import java.util.List;

/** The kernels of another backend on memory that ends, as a device's does; what kernels take on the way is that backend's. */
class LimitedBackend implements Backend {
    private final Backend kernels;
    private long limit = Long.MAX_VALUE;

    private final BufferPool pool = new BufferPool(new BlockAllocator() {
        @Override
        public Object allocate(DType dtype, long capacity) {
            int length = Math.toIntExact(capacity);
            return switch (dtype) {
                case F32 -> new float[length];
                case F64 -> new double[length];
                case I64 -> new long[length];
            };
        }

        @Override
        public boolean needsFreeing() {
            return true;
        }

        @Override
        public long limit() {
            return limit;
        }
    });

    LimitedBackend(Backend kernels) {
        this.kernels = kernels;
    }

    /** Leaves so many bytes beside what is in use now. */
    void leave(long bytes) {
        limit = liveBytes() + bytes;
    }

    long liveBytes() {
        return pool.statistics().liveBytes();
    }

    @Override
    public void execute(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        kernels.execute(primitive, inputs, output);
    }

    @Override
    public void executeTogether(List<Execution> executions) {
        kernels.executeTogether(executions);
    }

    @Override
    public String name() {
        return "limited " + kernels.name();
    }

    @Override
    public BufferPool pool() {
        return pool;
    }

    @Override
    public int channelBlock() {
        return kernels.channelBlock();
    }

    @Override
    public void upload(Object source, int sourceOffset, Buffer target) {
        kernels.upload(source, sourceOffset, target);
    }

    @Override
    public void download(Buffer source, Object target, int targetOffset) {
        kernels.download(source, target, targetOffset);
    }
}
