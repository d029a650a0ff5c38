package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Decomposition;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Execution;
import dev.backlight.engine.backend.HostBackend;
import dev.backlight.engine.backend.MemorySize;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceMemoryException;
import dev.backlight.kernels.common.EpilogueMatch;
import dev.backlight.kernels.common.Parallel;
import java.util.List;

/**
 * The CPU backend: vector kernels over all threads for F32, and products in F64. What else is asked in F64, and conversions,
 * the reference backend does; it works on the same arrays.
 */
public final class VectorBackend extends HostBackend {
    /** Elements of which five arrays, of what is executed together, stay in the second-level cache. */
    private static final int PIECE = 1 << 14;

    /** With so few, steps executed together write where others have not read everything yet, which tests ask for. */
    static final int SMALLEST_PIECE = 16;

    private final Backend reference = new ReferenceBackend();
    private final Parallel parallel;
    private final Elementwise elementwise;
    private final Chains chains;
    private final Channels channels;
    private final Reductions reductions;
    private final Softmax softmax;
    private final Products products;
    private final Movement movement;
    private final Indexing indexing;
    private final Pooling pooling;
    private final LearnedRules learnedRules;
    private final NchwcPrimitives inBlocks;
    private final Optimisers optimisers;

    /** A backend that computes on {@code threads} threads, of which the caller's is one. */
    public VectorBackend(int threads) {
        this(threads, PIECE);
    }

    /** @param piece elements that primitives which are executed together take before they go on to the next */
    VectorBackend(int threads, int piece) {
        this.parallel = new Parallel(threads);
        this.elementwise = new Elementwise(parallel);
        this.chains = new Chains(parallel, piece);
        this.channels = new Channels(parallel);
        this.inBlocks = new NchwcPrimitives(parallel, chains);
        this.reductions = new Reductions(parallel);
        this.softmax = new Softmax(parallel);
        this.products = new Products(parallel);
        this.movement = new Movement(parallel);
        this.indexing = new Indexing(parallel);
        this.pooling = new Pooling(parallel);
        this.learnedRules = new LearnedRules(parallel);
        this.optimisers = new Optimisers(parallel);
    }

    @Override
    public String name() {
        return "vector";
    }

    @Override
    public int channelBlock() {
        return Lanes.FLOAT.length();
    }

    @Override
    public void execute(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        guarded(() -> executeHere(primitive, inputs, output), output);
    }

    @Override
    public void executeTogether(List<Execution> executions) {
        boolean haveVectorForm =
                executions.stream().allMatch(one -> hasVectorForm(one.primitive(), one.inputs(), one.output()));
        if (!haveVectorForm) {
            super.executeTogether(executions);
            return;
        }
        guarded(() -> chains.runTogether(executions), executions.getFirst().output());
        executions.forEach(one -> markWritten(one.primitive(), one.inputs(), one.output()));
    }

    private void guarded(Runnable work, DeviceArray output) {
        if (output.shape().elements() == 0) {
            return;
        }
        try {
            work.run();
        } catch (OutOfMemoryError e) {
            throw new DeviceMemoryException(
                    "no memory for the working space of a step that gives " + output.shape() + " beside "
                            + MemorySize.mebibytes(pool().statistics().liveBytes())
                            + " in use; use a smaller batch or image, or give the program more memory",
                    e);
        }
    }

    private void executeHere(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        if (hasVectorForm(primitive, inputs, output)) {
            compute(primitive, inputs, output);
            markWritten(primitive, inputs, output);
        } else if (primitive instanceof Primitive.Fused chain) {
            Decomposition.run(chain, this, inputs, output);
        } else if (primitive instanceof Primitive.WithEpilogue fused) {
            Decomposition.run(fused, this, inputs, output);
        } else if (primitive instanceof Primitive.Nchwc blocked) {
            Decomposition.run(blocked, this, inputs, output);
        } else {
            reference.execute(primitive, inputs, output);
        }
    }

    private boolean hasVectorForm(Primitive primitive, List<DeviceArray> in, DeviceArray out) {
        return switch (primitive) {
            case Primitive.Nchwc blocked -> inBlocks.handles(blocked, in, out);
            case Primitive.Cast cast -> false;
            case Primitive.ArgMax argMax -> false;
            case Primitive.MatMul product -> out.dtype() != DType.I64;
            case Primitive.Convolution c -> out.dtype() != DType.I64;
            case Primitive.ConvolutionInputGradient c -> out.dtype() != DType.I64;
            case Primitive.ConvolutionWeightGradient c -> out.dtype() != DType.I64;
            case Primitive.MaxPoolIndices pool -> in.getFirst().dtype() == DType.F32;
            case Primitive.Take take -> out.dtype() == DType.F32;
            case Primitive.TakeAdjoint take -> out.dtype() == DType.F32;
            case Primitive.GatherElements gather -> out.dtype() == DType.F32;
            case Primitive.ScatterAddElements scatter -> out.dtype() == DType.F32;
            default -> out.dtype() == DType.F32 && in.stream().allMatch(array -> array.dtype() == DType.F32);
        };
    }

    private void compute(Primitive primitive, List<DeviceArray> in, DeviceArray out) {
        switch (primitive) {
            case Primitive.Fill fill -> movement.fill(out, fill.value());
            case Primitive.Random random -> RandomNumbers.fill(parallel, random, out);
            case Primitive.Unary unary -> elementwise.unary(unary, in.getFirst(), out);
            case Primitive.Binary binary -> elementwise.binary(binary, in, out);
            case Primitive.Select select -> elementwise.select(in, out);
            case Primitive.Broadcast broadcast -> movement.broadcast(in.getFirst(), out);
            case Primitive.ChannelAffine affine -> channels.affine(in.get(0), in.get(1), in.get(2), out);
            case Primitive.ChannelDot dot -> channels.dot(in.get(0), in.get(1), out);
            case Primitive.Reduce reduce -> reductions.reduce(reduce.reduction(), in.getFirst(), out);
            case Primitive.Softmax rows -> softmax.compute(rows, in.getFirst(), out);
            case Primitive.MatMul product -> products.matMul(product, in.get(0), in.get(1), out);
            case Primitive.Permute permute -> movement.permute(permute.order(), in.getFirst(), out);
            case Primitive.Slice slice -> movement.slice(slice.start(), slice.step(), in.getFirst(), out);
            case Primitive.Embed embed -> movement.embed(embed.start(), embed.step(), in.getFirst(), out);
            case Primitive.Concat concat -> movement.concat(concat.axis(), in, out);
            case Primitive.Take take -> indexing.take(take.axis(), in.get(0), in.get(1), out);
            case Primitive.TakeAdjoint take -> indexing.takeAdjoint(take.axis(), in.get(0), in.get(1), out);
            case Primitive.GatherElements gather -> indexing.gather(gather.axis(), in.get(0), in.get(1), out);
            case Primitive.ScatterAddElements scatter -> indexing.scatterAdd(scatter.axis(), in.get(0), in.get(1), out);
            case Primitive.Convolution c -> products.convolution(c.window(), c.groups(), in, out);
            case Primitive.ConvolutionInputGradient c ->
                products.inputGradient(c.window(), c.groups(), in.get(0), in.get(1), out);
            case Primitive.ConvolutionWeightGradient c ->
                products.weightGradient(c.window(), c.groups(), in.get(0), in.get(1), out);
            case Primitive.MaxPoolIndices pool -> pooling.maxIndices(pool.window(), in.getFirst(), out);
            case Primitive.WindowSum pool -> pooling.sum(pool.window(), in.getFirst(), out);
            case Primitive.WindowSumAdjoint pool -> pooling.sumAdjoint(pool.window(), in.getFirst(), out);
            case Primitive.LearnedRule rule -> learnedRules.compute(rule.order(), in, out);
            case Primitive.AdamStep step -> optimisers.adam(step, in, out);
            case Primitive.SgdStep step -> optimisers.sgd(step, in, out);
            case Primitive.Fused chain -> chains.run(chain, in, out);
            case Primitive.WithEpilogue fused -> EpilogueMatch.run(fused, in, out, products::withEpilogue, chains::run);
            case Primitive.Nchwc blocked -> inBlocks.run(blocked, in, out);
            case Primitive.Cast cast -> throw new AssertionError(cast);
            case Primitive.ArgMax argMax -> throw new AssertionError(argMax);
        }
    }
}
