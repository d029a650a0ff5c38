package dev.backlight.kernels.scalar;

import dev.backlight.engine.backend.Backend;
import dev.backlight.engine.backend.Decomposition;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.HostBackend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.reference.ReferenceBackend;
import dev.backlight.engine.shape.DType;
import dev.backlight.kernels.common.Parallel;
import java.util.List;

/** The CPU backend of JVMs without the Vector API. F64, conversions and rare primitives the reference backend does. */
public final class ScalarBackend extends HostBackend {
    private final Backend reference = new ReferenceBackend();
    private final Chains chains;
    private final Products products;
    private final Reductions reductions;
    private final Softmax softmax;
    private final Pooling pooling;
    private final LearnedRules learnedRules;
    private final Movement movement;

    /** A backend that computes on {@code threads} threads, of which the caller's is one. */
    public ScalarBackend(int threads) {
        Parallel parallel = new Parallel(threads);
        this.chains = new Chains(parallel);
        this.products = new Products(parallel);
        this.reductions = new Reductions(parallel);
        this.softmax = new Softmax(parallel);
        this.pooling = new Pooling(parallel);
        this.learnedRules = new LearnedRules(parallel);
        this.movement = new Movement(parallel);
    }

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public void execute(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        if (output.shape().elements() == 0) {
            return;
        }
        if (primitive instanceof Primitive.WithEpilogue fused) {
            Decomposition.run(fused, this, inputs, output);
        } else if (primitive instanceof Primitive.Nchwc blocked) {
            Decomposition.run(blocked, this, inputs, output);
        } else if (isSingle(inputs, output) && Chains.handles(primitive) && compute(primitive, inputs, output)) {
            markWritten(primitive, inputs, output);
        } else if (primitive instanceof Primitive.Fused chain) {
            Decomposition.run(chain, this, inputs, output);
        } else {
            reference.execute(primitive, inputs, output);
        }
    }

    /** Whether the numbers are F32; indices may stand beside them. */
    private static boolean isSingle(List<DeviceArray> inputs, DeviceArray output) {
        return output.dtype() != DType.F64
                && !inputs.isEmpty()
                && inputs.getFirst().dtype() == DType.F32
                && inputs.stream().noneMatch(array -> array.dtype() == DType.F64);
    }

    /** False where there is no loop for it here. */
    private boolean compute(Primitive primitive, List<DeviceArray> in, DeviceArray out) {
        switch (primitive) {
            case Primitive.Unary unary -> chains.single(unary, in, out);
            case Primitive.Binary binary -> chains.single(binary, in, out);
            case Primitive.Select select -> chains.single(select, in, out);
            case Primitive.ChannelAffine affine -> chains.single(affine, in, out);
            case Primitive.Fused chain -> chains.run(chain.instructions(), in, out);
            case Primitive.Broadcast broadcast -> chains.run(List.of(), in, out);
            case Primitive.ChannelDot dot -> reductions.channelDot(in.get(0), in.get(1), out);
            case Primitive.Reduce reduce -> reductions.reduce(reduce.reduction(), in.getFirst(), out);
            case Primitive.Softmax rows -> softmax.compute(rows, in.getFirst(), out);
            case Primitive.MatMul product -> products.matMul(product, in.get(0), in.get(1), out);
            case Primitive.Convolution c -> products.convolution(c, in, out);
            case Primitive.ConvolutionInputGradient c -> products.inputGradient(c, in.get(0), in.get(1), out);
            case Primitive.ConvolutionWeightGradient c -> products.weightGradient(c, in.get(0), in.get(1), out);
            case Primitive.MaxPoolIndices pool -> pooling.maxIndices(pool.window(), in.getFirst(), out);
            case Primitive.WindowSum pool -> pooling.sum(pool.window(), in.getFirst(), out);
            case Primitive.WindowSumAdjoint pool -> pooling.sumAdjoint(pool.window(), in.getFirst(), out);
            case Primitive.LearnedRule rule -> learnedRules.compute(rule.order(), in, out);
            case Primitive.Permute permute -> movement.permute(permute.order(), in.getFirst(), out);
            case Primitive.Slice slice -> movement.slice(slice.start(), slice.step(), in.getFirst(), out);
            case Primitive.Embed embed -> movement.embed(embed.start(), embed.step(), in.getFirst(), out);
            case Primitive.Concat concat -> movement.concat(concat.axis(), in, out);
            default -> {
                return false;
            }
        }
        return true;
    }
}
