package dev.backlight.kernels.vector;

import dev.backlight.engine.backend.ChannelBlocks;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.ConvolutionShape;
import dev.backlight.kernels.common.EpilogueMatch;
import dev.backlight.kernels.common.EpilogueSteps;
import dev.backlight.kernels.common.Parallel;
import java.util.List;

/** What programs ask for on images in channel blocks: convolutions with their epilogues, and chains with numbers per channel. */
final class NchwcPrimitives {
    private final Parallel parallel;
    private final NchwcConvolution convolution;
    private final NchwcPooling pooling;
    private final Chains chains;

    NchwcPrimitives(Parallel parallel, Chains chains) {
        this.parallel = parallel;
        this.convolution = new NchwcConvolution(parallel);
        this.pooling = new NchwcPooling(parallel);
        this.chains = chains;
    }

    /** Whether there are kernels for these arrays: F32 in blocks of a vector, and plain images of few channels. */
    boolean handles(Primitive.Nchwc blocked, List<DeviceArray> in, DeviceArray out) {
        boolean isSingle = in.stream().allMatch(array -> array.dtype() == DType.F32);
        boolean areVectors = (isInBlocks(out) ? out : in.getFirst()).shape().size(-1) == Lanes.FLOAT.length();
        return isSingle
                && areVectors
                && (isInBlocks(out) || isInputGradient(blocked.primitive()))
                && switch (blocked.primitive()) {
                    case Primitive.Fused _, Primitive.MaxPoolIndices _ -> true;
                    case Primitive.WindowSum _, Primitive.WindowSumAdjoint _ -> true;
                    case Primitive.WithEpilogue fused -> isHandled(fused.head(), in, out);
                    default -> isHandled(blocked.primitive(), in, out);
                };
    }

    private static boolean isHandled(Primitive head, List<DeviceArray> in, DeviceArray out) {
        return switch (head) {
            case Primitive.Convolution c -> {
                ConvolutionShape s = shape(c, in, out);
                yield c.groups() == 1
                        && (isInBlocks(in.getFirst())
                                ? NchwcConvolution.isPaddable(s)
                                : NchwcConvolution.takesPlain(s));
            }
            case Primitive.ConvolutionInputGradient c ->
                c.groups() == 1
                        && isInBlocks(in.getFirst())
                        && (isInBlocks(out)
                                ? NchwcConvolution.isGradientPaddable(gradientShape(c, in, out))
                                : FewChannelsGradient.pays(gradientShape(c, in, out)));
            default -> false;
        };
    }

    private static boolean isInputGradient(Primitive primitive) {
        Primitive head = primitive instanceof Primitive.WithEpilogue fused ? fused.head() : primitive;
        return head instanceof Primitive.ConvolutionInputGradient;
    }

    private static boolean isInBlocks(DeviceArray array) {
        return array.shape().rank() == 5;
    }

    private static ConvolutionShape shape(Primitive.Convolution c, List<DeviceArray> in, DeviceArray out) {
        Shape first = isInBlocks(in.getFirst())
                ? ChannelBlocks.plain(in.getFirst().shape())
                : in.getFirst().shape();
        Shape result = ChannelBlocks.plain(out.shape());
        return ConvolutionShape.of(first, in.get(1).shape(), result, c.window(), c.groups());
    }

    private static ConvolutionShape gradientShape(
            Primitive.ConvolutionInputGradient c, List<DeviceArray> in, DeviceArray out) {
        Shape u = ChannelBlocks.plain(in.getFirst().shape());
        Shape dx = isInBlocks(out) ? ChannelBlocks.plain(out.shape()) : out.shape();
        return ConvolutionShape.of(dx, in.get(1).shape(), u, c.window(), c.groups());
    }

    void run(Primitive.Nchwc blocked, List<DeviceArray> in, DeviceArray out) {
        switch (blocked.primitive()) {
            case Primitive.Fused chain -> chains.runInBlocks(chain, in, out);
            case Primitive.WithEpilogue fused ->
                EpilogueMatch.run(fused, in, out, this::head, isInBlocks(out) ? chains::runInBlocks : chains::run);
            case Primitive.MaxPoolIndices pool -> pooling.maxIndices(pool.window(), in.getFirst(), out);
            case Primitive.WindowSum pool -> pooling.sum(pool.window(), in.getFirst(), out);
            case Primitive.WindowSumAdjoint pool -> pooling.sumAdjoint(pool.window(), in.getFirst(), out);
            default -> head(blocked.primitive(), in, EpilogueSteps.NONE, out);
        }
    }

    private void head(Primitive head, List<DeviceArray> in, EpilogueSteps steps, DeviceArray out) {
        Epilogue epilogue = Epilogue.of(in, steps);
        Span x = Span.of(in.get(0)), w = Span.of(in.get(1)), y = Span.of(out);
        switch (head) {
            case Primitive.Convolution c -> convolution.forward(shape(c, in, out), x, w, epilogue, y);
            case Primitive.ConvolutionInputGradient c
            when isInBlocks(out) -> convolution.inputGradient(gradientShape(c, in, out), x, w, epilogue, y);
            case Primitive.ConvolutionInputGradient c ->
                new FewChannelsGradient(parallel, gradientShape(c, in, out)).run(x, true, w, epilogue, y);
            default -> throw new IllegalArgumentException(head + " is no convolution");
        }
    }
}
