package dev.backlight.kernels.cuda;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Buffer;
import dev.backlight.engine.backend.BufferPool;
import dev.backlight.engine.backend.Decomposition;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Execution;
import dev.backlight.engine.backend.HostBackend;
import dev.backlight.engine.backend.PreparedRun;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Storage;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The GPU backend: every primitive is one or a few launches of Backlight's own kernels, in order, on one stream. */
public final class CudaBackend implements Backend {
    private final Context context;
    private final BufferPool pool;
    private final Staging staging;
    private final Launcher launcher;
    private final Products products;
    private final Convolutions convolutions;
    private final Faults faults;
    private final Graphs graphs;
    private final boolean usesGraphs;

    private final Chains chains;
    private final Elementwise elementwise;
    private final RandomNumbers randomNumbers;
    private final Movement movement;
    private final Reductions reductions;
    private final Softmax softmax;
    private final Indexing indexing;
    private final Pooling pooling;
    private final LearnedRules learnedRules;
    private final Optimisers optimisers;

    CudaBackend(CudaOptions options) {
        this.context = new Context(Devices.driver(), Devices.first());
        this.pool = new BufferPool(new DeviceAllocator(context, options.memoryLimit()));
        this.staging = new Staging(context);
        this.launcher = new Launcher(context, new Workspace(context.driver(), pool), options.precision());
        launcher.useTile(options.tile());
        this.faults = new Faults(context);
        this.graphs = new Graphs(context, this, faults);
        this.usesGraphs = options.graphs() && context.driver().makesGraphs();
        if (options.vendor() != VendorMode.OFF) {
            VendorLibraries libraries = VendorLibraries.open(context, launcher);
            launcher.use(options.vendor() == VendorMode.REQUIRE ? libraries.required() : libraries);
        }
        this.chains = new Chains(launcher);
        this.products = new Products(launcher);
        this.convolutions = new Convolutions(launcher, chains, products);
        this.elementwise = new Elementwise(launcher, chains);
        this.randomNumbers = new RandomNumbers(launcher);
        this.movement = new Movement(launcher);
        this.reductions = new Reductions(launcher);
        this.softmax = new Softmax(launcher);
        this.indexing = new Indexing(launcher, faults);
        this.pooling = new Pooling(launcher);
        this.learnedRules = new LearnedRules(launcher);
        this.optimisers = new Optimisers(launcher);
    }

    @Override
    public String name() {
        return "cuda";
    }

    Context context() {
        return context;
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
        faults.follow(new Execution(primitive, inputs, output), this::launch);
        HostBackend.markWritten(primitive, inputs, output);
    }

    @Override
    public synchronized void upload(Object source, int sourceOffset, Buffer target) {
        context.enter();
        staging.upload(source, sourceOffset, target);
        faults.uploaded(target);
        target.storage().written();
    }

    /**
     * {@inheritDoc}
     *
     * @throws dev.backlight.engine.shape.ShapeException when these numbers depend on an index outside its axis: the device has
     *     computed on meanwhile; also when the calling thread has not heard yet of such an index in its own work
     */
    @Override
    public synchronized void download(Buffer source, Object target, int targetOffset) {
        context.enter();
        if (source.length() > 0) {
            faults.download(source, () -> staging.download(source, target, targetOffset));
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws dev.backlight.engine.shape.ShapeException when the calling thread has not heard yet of an index outside its axis in
     *     its own work
     */
    @Override
    public synchronized void synchronize() {
        context.enter();
        faults.synchronize(() -> context.driver().synchronize(context.stream()));
    }

    @Override
    public boolean prepares() {
        return usesGraphs;
    }

    @Override
    public synchronized PreparedRun prepare(List<Execution> executions) {
        context.enter();
        return graphs.record(executions, this::launch, written(executions));
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
            case Primitive.Fill fill -> elementwise.fill(fill.value(), out);
            case Primitive.Random random -> randomNumbers.fill(random, out);
            case Primitive.Cast cast -> elementwise.cast(in.getFirst(), out);
            case Primitive.Unary unary -> elementwise.unary(unary, in.getFirst(), out);
            case Primitive.Binary binary -> elementwise.binary(binary, in.get(0), in.get(1), out);
            case Primitive.Select select -> elementwise.single(select, in, out);
            case Primitive.Broadcast broadcast -> movement.broadcast(in.getFirst(), out);
            case Primitive.ChannelAffine affine -> elementwise.single(affine, in, out);
            case Primitive.ChannelDot dot -> reductions.channelDot(in.get(0), in.get(1), out);
            case Primitive.Reduce reduce -> reductions.reduce(reduce.reduction(), in.getFirst(), out);
            case Primitive.ArgMax argMax -> reductions.argMax(argMax.axis(), in.getFirst(), out);
            case Primitive.Softmax rows -> softmax.compute(rows, in.getFirst(), out);
            case Primitive.MatMul product -> products.matMul(product, in, out);
            case Primitive.Permute permute -> movement.permute(permute.order(), in.getFirst(), out);
            case Primitive.Slice slice -> movement.slice(slice.start(), slice.step(), in.getFirst(), out);
            case Primitive.Embed embed -> movement.embed(embed.start(), embed.step(), in.getFirst(), out);
            case Primitive.Concat concat -> movement.concat(concat.axis(), in, out);
            case Primitive.Take take -> indexing.take(take.axis(), in.get(0), in.get(1), out);
            case Primitive.TakeAdjoint take -> indexing.takeAdjoint(take.axis(), in.get(0), in.get(1), out);
            case Primitive.GatherElements gather -> indexing.gather(gather.axis(), in.get(0), in.get(1), out);
            case Primitive.ScatterAddElements scatter -> indexing.scatterAdd(scatter.axis(), in.get(0), in.get(1), out);
            case Primitive.Convolution c -> convolutions.forward(c, in, out);
            case Primitive.ConvolutionInputGradient c -> convolutions.inputGradient(c, in, out);
            case Primitive.ConvolutionWeightGradient c -> convolutions.weightGradient(c, in, out);
            case Primitive.MaxPoolIndices pool -> pooling.maxIndices(pool.window(), in.getFirst(), out);
            case Primitive.WindowSum pool -> pooling.sum(pool.window(), in.getFirst(), out);
            case Primitive.WindowSumAdjoint pool -> pooling.sumAdjoint(pool.window(), in.getFirst(), out);
            case Primitive.LearnedRule rule -> learnedRules.compute(rule.order(), in, out);
            case Primitive.AdamStep step -> optimisers.adam(step, in, out);
            case Primitive.SgdStep step -> optimisers.sgd(step, in, out);
            case Primitive.Fused chain -> chains.run(chain, in, out);
            case Primitive.WithEpilogue fused -> convolutions.withEpilogue(fused, in, out);
            case Primitive.Nchwc blocked -> Decomposition.run(blocked, this, in, out);
        }
    }
}
