package dev.backlight.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.backend.AxisList;
import dev.backlight.engine.backend.BinaryFunction;
import dev.backlight.engine.backend.ChannelBlocks;
import dev.backlight.engine.backend.DeviceArray;
import dev.backlight.engine.backend.HostBackend;
import dev.backlight.engine.backend.Primitive;
import dev.backlight.engine.backend.Scope;
import dev.backlight.engine.backend.UnaryFunction;
import dev.backlight.engine.backend.WindowGeometry;
import dev.backlight.engine.shape.DType;
import dev.backlight.engine.shape.DeviceException;
import dev.backlight.engine.shape.Shape;
import dev.backlight.kernels.common.ConvolutionShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Primitives on images in channel blocks give the bits of the same primitives on plain images. */
class NchwcTest {
    private static final int CASES = 150;
    private static final int L = Lanes.FLOAT.length();

    private final VectorBackend backend = new VectorBackend(2);

    private DeviceArray random(SplittableRandom random, Shape shape) {
        DeviceArray array = backend.allocate(DType.F32, shape);
        backend.execute(new Primitive.Random(Primitive.Distribution.NORMAL, random.nextLong() >>> 1), List.of(), array);
        return array;
    }

    private DeviceArray blocked(DeviceArray plain) {
        DeviceArray blocks = backend.allocate(plain.dtype(), ChannelBlocks.blocked(plain.shape(), L));
        ChannelBlocks.joining(plain, blocks).on(backend);
        return blocks;
    }

    private float[] numbers(DeviceArray array) {
        int from = HostBackend.offset(array);
        return Arrays.copyOfRange(
                HostBackend.floats(array), from, from + (int) array.shape().elements());
    }

    /** @param weights the operand of rank 4 that is no image, −1 for none */
    private void assertSameBits(String what, Primitive primitive, List<DeviceArray> in, int weights, Shape result) {
        DeviceArray expected = backend.allocate(DType.F32, result);
        backend.execute(primitive, in, expected);
        List<DeviceArray> operands = new ArrayList<>();
        for (int i = 0; i < in.size(); i++) {
            boolean isImage = in.get(i).shape().rank() == 4 && i != weights;
            operands.add(isImage ? blocked(in.get(i)) : in.get(i));
        }
        DeviceArray blocks = backend.allocate(DType.F32, ChannelBlocks.blocked(result, L));
        Arrays.fill(HostBackend.floats(blocks), Float.NaN);
        backend.execute(new Primitive.Nchwc(primitive), operands, blocks);
        DeviceArray actual = backend.allocate(DType.F32, result);
        ChannelBlocks.splitting(blocks, actual).on(backend);
        assertArrayEquals(numbers(expected), numbers(actual), what);
    }

    private static WindowGeometry window(SplittableRandom random) {
        int height = 1 + random.nextInt(4), width = random.nextBoolean() ? height : 1 + random.nextInt(4);
        return new WindowGeometry(
                height,
                width,
                1 + random.nextInt(3),
                1 + random.nextInt(3),
                1 + random.nextInt(2),
                1 + random.nextInt(2),
                random.nextInt(3),
                random.nextInt(3),
                random.nextInt(3),
                random.nextInt(3));
    }

    private static WindowGeometry usual(SplittableRandom random) {
        int side = random.nextBoolean() ? 3 : 1;
        return WindowGeometry.square(side, 1 + random.nextInt(2), side / 2);
    }

    @Test
    void convolutionsInBothDirectionsOverASweep() {
        SplittableRandom random = new SplittableRandom(71);
        for (int i = 0; i < CASES; i++) {
            try (Scope scope = Scope.open()) {
                WindowGeometry window = random.nextBoolean() ? window(random) : usual(random);
                int batch = 1 + random.nextInt(3);
                int channels = L * (1 + random.nextInt(4)), filters = L * (1 + random.nextInt(4));
                int height = 7 + random.nextInt(random.nextInt(4) == 0 ? 40 : 14),
                        width = 7 + random.nextInt(random.nextInt(10) == 0 ? 240 : 16);
                Shape y = Shape.of(batch, filters, window.outputHeight(height), window.outputWidth(width));
                DeviceArray x = random(random, Shape.of(batch, channels, height, width));
                DeviceArray w = random(random, Shape.of(filters, channels, window.height(), window.width()));
                String what = i + ": " + x.shape() + " by " + window + " to " + y;
                assertSameBits(what, new Primitive.Convolution(window, 1), List.of(x, w), 1, y);
                DeviceArray bias = random(random, Shape.of(filters));
                forwardWithEpilogue(random, what, window, List.of(x, w, bias), y);
                backwardWithEpilogue(random, what, window, random(random, y), w, x.shape());
            }
        }
    }

    @Test
    void theFirstConvolutionReadsPlainImages() {
        SplittableRandom random = new SplittableRandom(74);
        for (int i = 0; i < CASES; i++) {
            try (Scope scope = Scope.open()) {
                WindowGeometry window = window(random);
                int channels = 1 + random.nextInt(L - 1), filters = L * (1 + random.nextInt(3));
                int height = 7 + random.nextInt(40), width = 7 + random.nextInt(random.nextInt(5) == 0 ? 240 : 40);
                DeviceArray x = random(random, Shape.of(1 + random.nextInt(3), channels, height, width));
                Shape y = Shape.of(x.shape().size(0), filters, window.outputHeight(height), window.outputWidth(width));
                DeviceArray w = random(random, Shape.of(filters, channels, window.height(), window.width()));
                Primitive convolution = new Primitive.Convolution(window, 1);
                assertPlainReads(i + ": " + x.shape() + " by " + window, convolution, x, w, y);
            }
        }
    }

    @Test
    void theFirstConvolutionReadsImagesOfOneRow() {
        SplittableRandom random = new SplittableRandom(76);
        for (int i = 0; i < CASES / 2; i++) {
            try (Scope scope = Scope.open()) {
                WindowGeometry window = new WindowGeometry(
                        1,
                        1 + random.nextInt(5),
                        1,
                        1 + random.nextInt(3),
                        1,
                        1,
                        0,
                        random.nextInt(3),
                        0,
                        random.nextInt(3));
                int channels = 1 + random.nextInt(L - 1), filters = L * (1 + random.nextInt(3));
                int width = 5 + random.nextInt(i % 4 == 0 ? 1200 : 20);
                DeviceArray x = random(random, Shape.of(1 + random.nextInt(2), channels, 1, width));
                Shape y = Shape.of(x.shape().size(0), filters, 1, window.outputWidth(width));
                DeviceArray w = random(random, Shape.of(filters, channels, 1, window.width()));
                Primitive convolution = new Primitive.Convolution(window, 1);
                assertPlainReads(i + ": " + x.shape() + " by " + window, convolution, x, w, y);
            }
        }
    }

    /** Up to three channels have a kernel that reads blocks; more are computed on a plain copy. */
    @Test
    void theLastGradientIsAPlainImage() {
        SplittableRandom random = new SplittableRandom(77);
        for (int i = 0; i < CASES; i++) {
            try (Scope scope = Scope.open()) {
                WindowGeometry window = usual(random);
                int side = 7 + random.nextInt(90), channels = 1 + random.nextInt(4);
                int outSide = window.outputHeight(side);
                Shape x = Shape.of(1 + random.nextInt(3), channels, side, side);
                DeviceArray u = random(random, Shape.of(x.size(0), L * (1 + random.nextInt(3)), outSide, outSide));
                DeviceArray w = random(random, Shape.of(u.shape().size(1), channels, window.height(), window.width()));
                DeviceArray factor = random(random, x);
                Primitive gradient = new Primitive.ConvolutionInputGradient(window, 1);
                String what = i + ": " + u.shape() + " by " + window + " to " + x;
                assertPlainResult(what, gradient, List.of(u, w), x);
                for (BinaryFunction function : List.of(BinaryFunction.MULTIPLY, BinaryFunction.ADD)) {
                    Primitive.Fused chain = new Primitive.Fused(
                            List.of(new Primitive.Instruction(new Primitive.Binary(function), AxisList.of(0, 1))));
                    Primitive fused = new Primitive.WithEpilogue(gradient, 2, chain);
                    assertPlainResult(what + ", " + function, fused, List.of(u, w, factor), x);
                }
            }
        }
    }

    private void assertPlainResult(String what, Primitive primitive, List<DeviceArray> in, Shape x) {
        DeviceArray expected = backend.allocate(DType.F32, x), actual = backend.allocate(DType.F32, x);
        backend.execute(primitive, in, expected);
        List<DeviceArray> operands = new ArrayList<>(in);
        operands.set(0, blocked(in.getFirst()));
        backend.execute(new Primitive.Nchwc(primitive), operands, actual);
        assertArrayEquals(numbers(expected), numbers(actual), what);
    }

    /** Images so large that they are padded one at a time, or two and then what is left. */
    @Test
    void largeImagesArePaddedAFewAtATime() {
        SplittableRandom random = new SplittableRandom(75);
        for (int side : new int[] {155, 230, 410}) {
            try (Scope scope = Scope.open()) {
                WindowGeometry window = WindowGeometry.square(3, 2, 1);
                int outSide = window.outputHeight(side);
                Shape y = Shape.of(5, 4 * L, outSide, outSide);
                DeviceArray plain = random(random, Shape.of(5, 3, side, side));
                DeviceArray first = random(random, Shape.of(4 * L, 3, 3, 3));
                assertPlainReads(side + ", plain", new Primitive.Convolution(window, 1), plain, first, y);
                DeviceArray x = random(random, Shape.of(5, L, side, side));
                DeviceArray w = random(random, Shape.of(4 * L, L, 3, 3));
                assertSameBits(side + ", forward", new Primitive.Convolution(window, 1), List.of(x, w), 1, y);
                Primitive gradient = new Primitive.ConvolutionInputGradient(window, 1);
                assertSameBits(side + ", backward", gradient, List.of(random(random, y), w), 1, x.shape());
            }
        }
    }

    /** One channel of 40,000² is an array; filled up to a block of any size it is more elements than one holds. */
    @Test
    void imagesTooLargeToBeFilledUpToABlockStayPlain() {
        WindowGeometry window = WindowGeometry.square(7, 2, 3);
        assertTrue(NchwcConvolution.takesPlain(firstOfANetwork(224, window)));
        assertTrue(NchwcConvolution.takesPlain(firstOfANetwork(20_000, window)), "four phases share one block");
        assertFalse(NchwcConvolution.takesPlain(firstOfANetwork(40_000, WindowGeometry.square(7, 1, 3))));
    }

    /** Windows that reach far: padded planes of more than 2³² elements, and small ones of which many channels are summed. */
    @Test
    void imagesTooLargeToBePaddedStayPlainInBothDirections() {
        ConvolutionShape large = spread(L, 47_000);
        assertFalse(NchwcConvolution.isPaddable(large));
        assertFalse(NchwcConvolution.isGradientPaddable(large));
        ConvolutionShape deep = spread(512, 1450);
        assertTrue(NchwcConvolution.isPaddable(deep));
        assertFalse(NchwcConvolution.isGradientPaddable(deep));
        assertTrue(NchwcConvolution.isGradientPaddable(spread(512, 1)));
        Primitive gradient = new Primitive.ConvolutionInputGradient(deep.window(), 1);
        try (Scope scope = Scope.open()) {
            DeviceArray u = backend.allocate(DType.F32, Shape.of(1, 512, 64, 64));
            DeviceArray w = backend.allocate(DType.F32, Shape.of(512, L, 3, 3));
            DeviceArray dx = backend.allocate(DType.F32, Shape.of(1, L, 64, 64));
            DeviceArray blocks = backend.allocate(DType.F32, ChannelBlocks.blocked(dx.shape(), L));
            DeviceArray blocksOfU = blocked(u);
            assertThrows(DeviceException.class, () -> backend.execute(gradient, List.of(u, w), dx));
            Primitive inBlocks = new Primitive.Nchwc(gradient);
            assertThrows(DeviceException.class, () -> backend.execute(inBlocks, List.of(blocksOfU, w), blocks));
        }
    }

    /** 3×3 taps on images of 64², so far apart and with as much padding. */
    private static ConvolutionShape spread(int filters, int far) {
        WindowGeometry window = new WindowGeometry(3, 3, 1, 1, far, far, far, far, far, far);
        return ConvolutionShape.of(
                Shape.of(1, L, 64, 64), Shape.of(filters, L, 3, 3), Shape.of(1, filters, 64, 64), window, 1);
    }

    /** Programs move first layers, whatever their window, without copying what they read to blocks. */
    @Test
    void fewChannelsAreReadAsTheyAre() {
        SplittableRandom random = new SplittableRandom(76);
        for (int i = 0; i < CASES; i++) {
            int channels = 1 + random.nextInt(L - 1), side = 3 + random.nextInt(400);
            WindowGeometry window = WindowGeometry.square(3, 1, random.nextInt(3));
            int outSide = window.outputHeight(side);
            int filters = L * (1 + random.nextInt(40)), batch = 1 + random.nextInt(9);
            ConvolutionShape shape = ConvolutionShape.of(
                    Shape.of(batch, channels, side, side),
                    Shape.of(filters, channels, 3, 3),
                    Shape.of(batch, filters, outSide, outSide),
                    window,
                    1);
            assertTrue(NchwcConvolution.takesPlain(shape), shape::toString);
        }
    }

    private static ConvolutionShape firstOfANetwork(int side, WindowGeometry window) {
        int outSide = window.outputHeight(side);
        return ConvolutionShape.of(
                Shape.of(1, 1, side, side), Shape.of(64, 1, 7, 7), Shape.of(1, 64, outSide, outSide), window, 1);
    }

    /** A convolution of a plain image gives in blocks what it gives in the plain layout. */
    private void assertPlainReads(String what, Primitive convolution, DeviceArray x, DeviceArray w, Shape y) {
        DeviceArray expected = backend.allocate(DType.F32, y);
        backend.execute(convolution, List.of(x, w), expected);
        DeviceArray blocks = backend.allocate(DType.F32, ChannelBlocks.blocked(y, L));
        backend.execute(new Primitive.Nchwc(convolution), List.of(x, w), blocks);
        DeviceArray actual = backend.allocate(DType.F32, y);
        ChannelBlocks.splitting(blocks, actual).on(backend);
        assertArrayEquals(numbers(expected), numbers(actual), what);
    }

    /** Scale and shift, the addition of a residual, and the rectifier. */
    private void forwardWithEpilogue(
            SplittableRandom random, String what, WindowGeometry window, List<DeviceArray> head, Shape y) {
        List<Primitive.Instruction> links = List.of(
                new Primitive.Instruction(new Primitive.ChannelAffine(), AxisList.of(0, 1, 2)),
                new Primitive.Instruction(new Primitive.Binary(BinaryFunction.ADD), AxisList.of(4, 3)),
                new Primitive.Instruction(new Primitive.Unary(UnaryFunction.POSITIVE_PART), AxisList.of(5)));
        List<DeviceArray> in = new ArrayList<>(head);
        in.add(random(random, Shape.of(y.size(1))));
        in.add(random(random, Shape.of(y.size(1))));
        in.add(random(random, y));
        Primitive convolution = new Primitive.Convolution(window, 1);
        assertSameBits(what, new Primitive.WithEpilogue(convolution, 3, new Primitive.Fused(links)), in, 1, y);
    }

    /** The addition of another signal and a gate; then a chain that is no epilogue. */
    private void backwardWithEpilogue(
            SplittableRandom random, String what, WindowGeometry window, DeviceArray u, DeviceArray w, Shape x) {
        List<Primitive.Instruction> links = List.of(
                new Primitive.Instruction(new Primitive.Binary(BinaryFunction.ADD), AxisList.of(0, 1)),
                new Primitive.Instruction(new Primitive.Binary(BinaryFunction.GATE), AxisList.of(3, 2)));
        Primitive gradient = new Primitive.ConvolutionInputGradient(window, 1);
        List<DeviceArray> in = List.of(u, w, random(random, x), random(random, x));
        assertSameBits(what, gradient, List.of(u, w), 1, x);
        assertSameBits(what, new Primitive.WithEpilogue(gradient, 2, new Primitive.Fused(links)), in, 1, x);
        List<Primitive.Instruction> others =
                List.of(new Primitive.Instruction(new Primitive.Binary(BinaryFunction.MULTIPLY), AxisList.of(0, 1)));
        assertSameBits(
                what, new Primitive.WithEpilogue(gradient, 2, new Primitive.Fused(others)), in.subList(0, 3), 1, x);
    }

    @Test
    void chainsWithNumbersPerChannelAndPerPixel() {
        SplittableRandom random = new SplittableRandom(72);
        for (int i = 0; i < CASES; i++) {
            try (Scope scope = Scope.open()) {
                int height = 1 + random.nextInt(40), width = 1 + random.nextInt(40);
                Shape shape = Shape.of(1 + random.nextInt(3), L * (1 + random.nextInt(3)), height, width);
                int channels = shape.size(1);
                Shape other = switch (random.nextInt(4)) {
                    case 0 -> Shape.of(1, channels, 1, 1);
                    case 1 -> Shape.of(1, channels, height, width);
                    case 2 -> Shape.of(shape.size(0), channels, height, 1);
                    default -> shape;
                };
                List<Primitive.Instruction> links = List.of(
                        new Primitive.Instruction(new Primitive.ChannelAffine(), AxisList.of(0, 1, 2)),
                        new Primitive.Instruction(new Primitive.Binary(BinaryFunction.MULTIPLY), AxisList.of(4, 3)));
                List<DeviceArray> in = List.of(
                        random(random, shape),
                        random(random, Shape.of(channels)),
                        random(random, Shape.of(channels)),
                        random(random, other));
                assertSameBits(i + ": " + shape + " and " + other, new Primitive.Fused(links), in, -1, shape);
            }
        }
    }

    /** Where an element is by the definition of the layout: stack, block, image, row and column, channel of the block. */
    @Test
    void stacksOfBatchesGoIntoBlocksAndBack() {
        SplittableRandom random = new SplittableRandom(77);
        for (int i = 0; i < CASES; i++) {
            try (Scope scope = Scope.open()) {
                int stack = 1 + random.nextInt(3), images = 1 + random.nextInt(4), blocks = 1 + random.nextInt(4);
                int plane = (1 + random.nextInt(20)) * 13, channels = blocks * L;
                Shape shape = Shape.of(images, channels, plane / 13, 13);
                DeviceArray plain = random(random, random.nextBoolean() ? shape.insert(0, stack) : shape);
                DeviceArray inBlocks = blocked(plain);
                float[] expected = numbers(plain), found = numbers(inBlocks);
                for (int at = 0; at < expected.length; at++) {
                    int pixel = at % plane, channel = at / plane % channels;
                    int image = at / plane / channels % images, batch = at / plane / channels / images;
                    int block = (batch * blocks + channel / L) * images + image;
                    assertEquals(expected[at], found[(block * plane + pixel) * L + channel % L], i + ": " + shape);
                }
                DeviceArray back = backend.allocate(DType.F32, plain.shape());
                ChannelBlocks.splitting(inBlocks, back).on(backend);
                assertArrayEquals(expected, numbers(back), i + ": " + shape);
            }
        }
    }

    @Test
    void pools() {
        SplittableRandom random = new SplittableRandom(73);
        for (int i = 0; i < CASES; i++) {
            try (Scope scope = Scope.open()) {
                WindowGeometry window = window(random);
                int height = 1 + random.nextInt(28), width = 1 + random.nextInt(28);
                Shape shape = Shape.of(1 + random.nextInt(2), L * (1 + random.nextInt(3)), height, width);
                // In ceil mode the last windows reach beyond the padding, if only one window does.
                int lastY = height + window.padTop() + window.padBottom() - (window.height() - 1) * window.dilationY();
                int lastX = width + window.padLeft() + window.padRight() - (window.width() - 1) * window.dilationX();
                int rows = Math.max(1, Math.ceilDiv(lastY, window.strideY()) + random.nextInt(2));
                int columns = Math.max(1, Math.ceilDiv(lastX, window.strideX()) + random.nextInt(2));
                Shape small = Shape.of(shape.size(0), shape.size(1), rows, columns);
                DeviceArray x = random(random, shape);
                for (int k = 0; k < 40; k++) {
                    int place = random.nextInt((int) shape.elements());
                    HostBackend.floats(x)[HostBackend.offset(x) + place] =
                            random.nextBoolean() ? Float.NaN : Float.NEGATIVE_INFINITY;
                }
                assertSameBits("sums " + i, new Primitive.WindowSum(window), List.of(random(random, shape)), -1, small);
                assertSameBits(
                        "shares " + i,
                        new Primitive.WindowSumAdjoint(window),
                        List.of(random(random, small)),
                        -1,
                        shape);
                Primitive pool = new Primitive.MaxPoolIndices(window);
                DeviceArray plain = backend.allocate(DType.I64, small);
                backend.execute(pool, List.of(x), plain);
                DeviceArray blocks = backend.allocate(DType.I64, ChannelBlocks.blocked(small, L));
                backend.execute(new Primitive.Nchwc(pool), List.of(blocked(x)), blocks);
                DeviceArray actual = backend.allocate(DType.I64, small);
                ChannelBlocks.splitting(blocks, actual).on(backend);
                assertArrayEquals(indices(plain), indices(actual), i + ": " + shape + " by " + window);
            }
        }
    }

    private static long[] indices(DeviceArray array) {
        int from = HostBackend.offset(array);
        return Arrays.copyOfRange(
                HostBackend.longs(array), from, from + (int) array.shape().elements());
    }
}
