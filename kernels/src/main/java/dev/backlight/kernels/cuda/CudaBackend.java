package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.HostBackend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.UnsupportedOpException;
import java.util.List;

/** The GPU backend: every primitive is one or a few launches of Backlight's own kernels, in order, on one stream. */
public final class CudaBackend implements Backend {
    private final Context context;
    private final BufferPool pool;
    private final Staging staging;
    private final Launcher launcher;

    CudaBackend(CudaOptions options) {
        this.context = new Context(Devices.driver(), Devices.first());
        this.pool = new BufferPool(new DeviceAllocator(context, options.memoryLimit()));
        this.staging = new Staging(context);
        this.launcher = new Launcher(context, new Workspace(context.driver(), pool::trim), options.precision());
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public BufferPool pool() {
        return pool;
    }

    @Override
    public synchronized void execute(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        if (output.shape().elements() == 0) {
            return;
        }
        context.enter();
        compute(primitive, inputs, output);
        HostBackend.markWritten(primitive, inputs, output);
    }

    @Override
    public synchronized void upload(Object source, int sourceOffset, Buffer target) {
        context.enter();
        staging.upload(source, sourceOffset, target);
        target.storage().written();
    }

    @Override
    public synchronized void download(Buffer source, Object target, int targetOffset) {
        context.enter();
        staging.download(source, target, targetOffset);
    }

    @Override
    public synchronized void synchronize() {
        context.enter();
        context.driver().synchronize(context.stream());
    }

    private void compute(Primitive primitive, List<DeviceArray> in, DeviceArray out) {
        switch (primitive) {
            case Primitive.Fill fill -> throw missing(fill);
            case Primitive.Random random -> throw missing(random);
            case Primitive.Cast cast -> throw missing(cast);
            case Primitive.Unary unary -> throw missing(unary);
            case Primitive.Binary binary -> throw missing(binary);
            case Primitive.Select select -> throw missing(select);
            case Primitive.Broadcast broadcast -> throw missing(broadcast);
            case Primitive.ChannelAffine affine -> throw missing(affine);
            case Primitive.ChannelDot dot -> throw missing(dot);
            case Primitive.Reduce reduce -> throw missing(reduce);
            case Primitive.ArgMax argMax -> throw missing(argMax);
            case Primitive.MatMul product -> throw missing(product);
            case Primitive.Permute permute -> throw missing(permute);
            case Primitive.Slice slice -> throw missing(slice);
            case Primitive.Embed embed -> throw missing(embed);
            case Primitive.Concat concat -> throw missing(concat);
            case Primitive.Take take -> throw missing(take);
            case Primitive.TakeAdjoint take -> throw missing(take);
            case Primitive.GatherElements gather -> throw missing(gather);
            case Primitive.ScatterAddElements scatter -> throw missing(scatter);
            case Primitive.Convolution c -> throw missing(c);
            case Primitive.ConvolutionInputGradient c -> throw missing(c);
            case Primitive.ConvolutionWeightGradient c -> throw missing(c);
            case Primitive.MaxPoolIndices pooling -> throw missing(pooling);
            case Primitive.WindowSum pooling -> throw missing(pooling);
            case Primitive.WindowSumAdjoint pooling -> throw missing(pooling);
            case Primitive.LearnedRule rule -> throw missing(rule);
            case Primitive.AdamStep step -> throw missing(step);
            case Primitive.SgdStep step -> throw missing(step);
            case Primitive.Fused chain -> throw missing(chain);
            case Primitive.WithEpilogue fused -> throw missing(fused);
        }
    }

    private static UnsupportedOpException missing(Primitive primitive) {
        return new UnsupportedOpException("device cuda has no kernel yet for " + primitive);
    }
}
