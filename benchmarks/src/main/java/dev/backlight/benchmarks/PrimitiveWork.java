package dev.backlight.benchmarks;

import dev.backlight.engine.backend.ChannelBlocks;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.Shape;
import java.util.List;
import java.util.Locale;

/**
 * What one execution of a primitive has to do, whatever the algorithm.
 *
 * @param what it is, with shapes
 * @param isLayer whether it is a convolution or a product, and not what stands between those
 * @param flop floating-point operations by direct convolution; a multiply-add is two, else one per element computed
 * @param bytes of operands and output, each once
 * @param trait what makes it hard, or empty
 */
public record PrimitiveWork(String what, boolean isLayer, double flop, double bytes, String trait) {
    private static final int FEW_PIXELS = 196;
    private static final int FEW_CHANNELS = 16;

    static PrimitiveWork of(Primitive primitive, List<DeviceArray> inputs, DeviceArray output) {
        double bytes = bytes(output)
                + inputs.stream().mapToDouble(PrimitiveWork::bytes).sum();
        Shape shape = output.shape();
        return switch (primitive) {
            case Primitive.WithEpilogue fused -> {
                PrimitiveWork head = of(fused.head(), inputs.subList(0, fused.operands()), output);
                int links = fused.epilogue().instructions().size();
                yield new PrimitiveWork(
                        head.what + " + " + links + " fused",
                        true,
                        head.flop + (double) links * shape.elements(),
                        bytes,
                        head.trait);
            }
            case Primitive.Nchwc blocked ->
                of(
                        blocked.primitive(),
                        inputs.stream().map(PrimitiveWork::plain).toList(),
                        plain(output));
            case Primitive.Fused chain -> {
                int links = chain.instructions().size();
                yield new PrimitiveWork(links + " fused " + shape, false, (double) links * shape.elements(), bytes, "");
            }
            case Primitive.Convolution conv -> convolution(conv, inputs, shape, bytes);
            case Primitive.ConvolutionInputGradient conv -> {
                Shape signal = inputs.getFirst().shape();
                Shape weights = inputs.get(1).shape();
                String what = "adjoint " + described(conv.window(), conv.groups(), signal, shape);
                double flop = 2.0 * signal.elements() * weights.elements() / weights.size(0);
                yield new PrimitiveWork(what, true, flop, bytes, trait(conv.window(), signal, weights));
            }
            case Primitive.ConvolutionWeightGradient conv -> {
                Shape signal = inputs.get(1).shape();
                String what = "weights of " + described(conv.window(), conv.groups(), signal, shape);
                double flop = 2.0 * signal.elements() * shape.elements() / shape.size(0);
                yield new PrimitiveWork(what, true, flop, bytes, "");
            }
            case Primitive.Unary unary -> elementwise(unary.function().toString(), shape, bytes);
            case Primitive.Binary binary -> elementwise(binary.function().toString(), shape, bytes);
            case Primitive.MatMul product -> {
                Shape left = inputs.getFirst().shape();
                double inner = left.size(product.transposeA() ? -2 : -1);
                String trait =
                        shape.size(-2) < FEW_CHANNELS ? "few rows: each weight is read for few multiply-adds" : "";
                yield new PrimitiveWork(
                        "product " + left + " → " + shape, true, 2 * inner * shape.elements(), bytes, trait);
            }
            case Primitive.Reduce reduce ->
                new PrimitiveWork(
                        "reduce " + inputs.getFirst().shape() + " → " + shape, false, elements(inputs), bytes, "");
            default -> elementwise(primitive.getClass().getSimpleName(), shape, bytes);
        };
    }

    /** An image in channel blocks under the shape that it stands for. */
    private static DeviceArray plain(DeviceArray array) {
        return array.shape().rank() == 5 ? array.reshape(ChannelBlocks.plain(array.shape())) : array;
    }

    private static PrimitiveWork convolution(
            Primitive.Convolution conv, List<DeviceArray> inputs, Shape output, double bytes) {
        WindowGeometry window = conv.window();
        Shape weights = inputs.get(1).shape();
        String what = described(window, conv.groups(), inputs.getFirst().shape(), output);
        double flop = 2.0 * output.elements() * weights.elements() / weights.size(0);
        return new PrimitiveWork(what, true, flop, bytes, trait(window, output, weights));
    }

    private static PrimitiveWork elementwise(String function, Shape output, double bytes) {
        return new PrimitiveWork(function.toLowerCase(Locale.ROOT) + " " + output, false, output.elements(), bytes, "");
    }

    private static String described(WindowGeometry window, int groups, Shape from, Shape to) {
        return window.height() + "×" + window.width()
                + (window.strideY() == 1 ? "" : " stride " + window.strideY())
                + (groups == 1 ? "" : " in " + groups + " groups")
                + " " + from + " → " + to;
    }

    private static String trait(WindowGeometry window, Shape output, Shape weights) {
        int pixels = output.size(0) * output.size(2) * output.size(3);
        if (weights.size(1) < FEW_CHANNELS) {
            return "sums over " + weights.size(1) + " channels only, and the largest output to write";
        }
        if (pixels <= FEW_PIXELS) {
            return String.format(
                    Locale.ROOT,
                    "%d pixels: %.1f MB of weights are read for %d multiply-adds each",
                    pixels,
                    4e-6 * weights.elements(),
                    pixels);
        }
        if (window.strideY() > 1) {
            return "stride " + window.strideY() + ": the image is padded and split by phases first";
        }
        return window.height() == 1 ? "1×1: each input is read for " + output.size(1) + " multiply-adds" : "";
    }

    private static double elements(List<DeviceArray> inputs) {
        return inputs.getFirst().shape().elements();
    }

    private static double bytes(DeviceArray array) {
        return (double) array.shape().elements() * array.storage().dtype().bytes();
    }
}
