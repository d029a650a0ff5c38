package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Execution;
import dev.backlight.engine.backend.HostBackend;
import dev.backlight.engine.backend.PreparedRun;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.Storage;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.engine.shape.UnsupportedOpException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The GPU backend: every primitive is one or a few launches of Backlight's own kernels, in order, on one stream. */
public final class CudaBackend implements Backend {
    private final Context context;
    private final BufferPool pool;
    private final Staging staging;
    private final Launcher launcher;
    private final Products products;
    private final Convolutions convolutions;
    private final Graphs graphs;
    private final boolean usesGraphs;

    /** Blocks allocated while launches are being recorded; null while none are. */
    private @Nullable List<Storage> between;

    CudaBackend(CudaOptions options) {
        this.context = new Context(Devices.driver(), Devices.first());
        this.pool = new BufferPool(new DeviceAllocator(context, options.memoryLimit()));
        this.staging = new Staging(context);
        this.launcher = new Launcher(context, new Workspace(context.driver(), pool::trim), options.precision());
        this.products = new Products(launcher);
        this.convolutions = new Convolutions(launcher, this::compute, products);
        this.graphs = new Graphs(context, this);
        this.usesGraphs = options.graphs();
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

    /** While launches are being recorded: what they use between them must be theirs alone as long as the graph is. */
    @Override
    public DeviceArray allocate(DType dtype, Shape shape) {
        DeviceArray array = pool.allocate(dtype, shape);
        List<Storage> recording = between;
        if (recording != null) {
            Scope.adopt(array.storage(), null);
            recording.add(array.storage());
        }
        return array;
    }

    @Override
    public boolean prepares() {
        return usesGraphs;
    }

    @Override
    public synchronized PreparedRun prepare(List<Execution> executions) {
        context.enter();
        List<Storage> recording = new ArrayList<>();
        between = recording;
        try {
            return graphs.record(() -> executions.forEach(this::launch), written(executions), recording);
        } finally {
            between = null;
        }
    }

    private void launch(Execution execution) {
        if (execution.output().shape().elements() > 0) {
            compute(execution.primitive(), execution.inputs(), execution.output());
        }
    }

    private static Set<Storage> written(List<Execution> executions) {
        Set<Storage> written = new LinkedHashSet<>();
        executions.forEach(execution ->
                HostBackend.written(execution.primitive(), execution.inputs(), execution.output(), written::add));
        return written;
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
            case Primitive.MatMul product -> products.matMul(product, in, out);
            case Primitive.Permute permute -> throw missing(permute);
            case Primitive.Slice slice -> throw missing(slice);
            case Primitive.Embed embed -> throw missing(embed);
            case Primitive.Concat concat -> throw missing(concat);
            case Primitive.Take take -> throw missing(take);
            case Primitive.TakeAdjoint take -> throw missing(take);
            case Primitive.GatherElements gather -> throw missing(gather);
            case Primitive.ScatterAddElements scatter -> throw missing(scatter);
            case Primitive.Convolution c -> convolutions.forward(c, in, out);
            case Primitive.ConvolutionInputGradient c -> convolutions.inputGradient(c, in, out);
            case Primitive.ConvolutionWeightGradient c -> convolutions.weightGradient(c, in, out);
            case Primitive.MaxPoolIndices pooling -> throw missing(pooling);
            case Primitive.WindowSum pooling -> throw missing(pooling);
            case Primitive.WindowSumAdjoint pooling -> throw missing(pooling);
            case Primitive.LearnedRule rule -> throw missing(rule);
            case Primitive.AdamStep step -> throw missing(step);
            case Primitive.SgdStep step -> throw missing(step);
            case Primitive.Fused chain -> throw missing(chain);
            case Primitive.WithEpilogue fused -> convolutions.withEpilogue(fused, in, out);
        }
    }

    private static UnsupportedOpException missing(Primitive primitive) {
        return new UnsupportedOpException("device cuda has no kernel yet for " + primitive);
    }
}
