package dev.backlight.engine.backend.reference;

import dev.backlight.engine.backend.Decomposition;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.HostBackend;
import dev.backlight.engine.backend.Primitive;
import java.util.Arrays;
import java.util.List;

/** Plain loops in double precision, rounded once when written: the oracle for every other backend. */
public final class ReferenceBackend extends HostBackend {
    @Override
    public String name() {
        return "reference";
    }

    @Override
    public void execute(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        switch (primitive) {
            case Primitive.Fused chain -> Decomposition.run(chain, this, inputs, output);
            case Primitive.WithEpilogue fused -> Decomposition.run(fused, this, inputs, output);
            case Primitive.Nchwc blocked -> Decomposition.run(blocked, this, inputs, output);
            default -> executeSingle(primitive, inputs, output);
        }
    }

    private void executeSingle(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        if (!Optimisers.handle(primitive, inputs, output)) {
            Values[] in = inputs.stream().map(Values::read).toArray(Values[]::new);
            Values out = Values.zeros(output.shape());
            compute(primitive, in, out);
            out.write(output);
        }
        markWritten(primitive, inputs, output);
    }

    private static void compute(Primitive primitive, Values[] in, Values out) {
        switch (primitive) {
            case Primitive.Fill fill -> Arrays.fill(out.data(), fill.value());
            case Primitive.Random random -> RandomNumbers.fill(random, out);
            case Primitive.Cast cast -> System.arraycopy(in[0].data(), 0, out.data(), 0, out.data().length);
            case Primitive.Unary unary -> Elementwise.unary(unary, in[0], out);
            case Primitive.Binary binary -> Elementwise.binary(binary.function(), in[0], in[1], out);
            case Primitive.Select select -> Elementwise.select(in[0], in[1], in[2], out);
            case Primitive.Broadcast broadcast -> Elementwise.broadcast(in[0], out);
            case Primitive.ChannelAffine affine -> Channels.affine(in[0], in[1], in[2], out);
            case Primitive.ChannelDot dot -> Channels.dot(in[0], in[1], out);
            case Primitive.Reduce reduce -> Reductions.reduce(reduce.reduction(), in[0], out);
            case Primitive.ArgMax argMax -> Reductions.argMax(argMax.axis(), in[0], out);
            case Primitive.Softmax softmax -> Softmax.compute(softmax, in[0], out);
            case Primitive.MatMul product -> Products.matMul(product, in[0], in[1], out);
            case Primitive.Permute permute -> Movement.permute(permute.order(), in[0], out);
            case Primitive.Slice slice -> Movement.slice(slice.start(), slice.step(), in[0], out);
            case Primitive.Embed embed -> Movement.embed(embed.start(), embed.step(), in[0], out);
            case Primitive.Concat concat -> Movement.concat(concat.axis(), in, out);
            case Primitive.Take take -> Indexing.take(take.axis(), in[0], in[1], out);
            case Primitive.TakeAdjoint adjoint -> Indexing.takeAdjoint(adjoint.axis(), in[0], in[1], out);
            case Primitive.GatherElements gather -> Indexing.gather(gather.axis(), in[0], in[1], out);
            case Primitive.ScatterAddElements scatter -> Indexing.scatterAdd(scatter.axis(), in[0], in[1], out);
            case Primitive.Convolution c -> Convolutions.forward(c.window(), c.groups(), in, out);
            case Primitive.ConvolutionInputGradient c ->
                Convolutions.inputGradient(c.window(), c.groups(), in[0], in[1], out);
            case Primitive.ConvolutionWeightGradient c ->
                Convolutions.weightGradient(c.window(), c.groups(), in[0], in[1], out);
            case Primitive.MaxPoolIndices pool -> Pooling.maxIndices(pool.window(), in[0], out);
            case Primitive.WindowSum pool -> Pooling.sum(pool.window(), in[0], out);
            case Primitive.WindowSumAdjoint pool -> Pooling.sumAdjoint(pool.window(), in[0], out);
            case Primitive.LearnedRule rule -> LearnedRules.compute(rule.order(), in, out);
            case Primitive.AdamStep step -> throw new AssertionError(step);
            case Primitive.SgdStep step -> throw new AssertionError(step);
            case Primitive.Fused chain -> throw new AssertionError(chain);
            case Primitive.WithEpilogue fused -> throw new AssertionError(fused);
            case Primitive.Nchwc blocked -> throw new AssertionError(blocked);
        }
    }
}
